import type { PrintOptions } from '../src/index.ts';

type Language = PrintOptions & {
  issuer: string;
  labels: Record<'cardTitle' | 'recoveryTitle' | 'warning' | 'onceEach', string>;
};

const words = (
  issuer: string,
  cardTitle: string,
  recoveryTitle: string,
  issued: string,
  expires: string,
  warning: string,
  cutAndFold: string,
  onceEach: string,
): PrintOptions & {
  issuer: string;
  labels: Record<'cardTitle' | 'recoveryTitle' | 'warning' | 'onceEach', string>;
} => ({
  issuer,
  labels: { cardTitle, recoveryTitle, issued, expires, warning, cutAndFold, onceEach } as never,
});

/** What a translator would give, in the scripts that cards are printed in; neither short nor shortened. */
export const LANGUAGES: Record<'French' | 'Bulgarian' | 'Greek' | 'Japanese' | 'Chinese' | 'Arabic', Language> = {
  French: words(
    'Banque Exemple de la Loire-Atlantique',
    'Carte de codes de sécurité',
    'Codes de récupération',
    'Délivrée le',
    'Expire le',
    'À conserver séparément de votre mot de passe.',
    'Découper le long du contour, plier sur les pointillés, coller dos à dos.',
    'Chaque code ne sert qu’une fois. Cochez-le après usage.',
  ),
  Bulgarian: words(
    'Примерна банка АД',
    'Карта с кодове за сигурност',
    'Кодове за възстановяване',
    'Издадена на',
    'Валидна до',
    'Съхранявайте отделно от паролата си.',
    'Изрежете по контура, прегънете по пунктира и залепете двете страни.',
    'Всеки код важи само веднъж. Отбелязвайте използваните.',
  ),
  Greek: words(
    'Τράπεζα Παραδείγματος Α.Ε.',
    'Κάρτα κωδικών ασφαλείας',
    'Κωδικοί ανάκτησης',
    'Εκδόθηκε',
    'Λήγει',
    'Φυλάξτε την χωριστά από τον κωδικό πρόσβασής σας.',
    'Κόψτε κατά μήκος του περιγράμματος, διπλώστε στη διακεκομμένη, κολλήστε.',
    'Κάθε κωδικός ισχύει μία φορά. Σημειώστε τον μετά τη χρήση.',
  ),
  Japanese: words(
    '株式会社サンプル銀行',
    'セキュリティコードカード',
    'リカバリーコード',
    '発行日',
    '有効期限',
    'パスワードとは別の場所に保管してください。',
    '枠線に沿って切り取り、点線で折り、裏面同士を貼り合わせてください。',
    '各コードは一度だけ使えます。使用後は印を付けてください。',
  ),
  Chinese: words(
    '示例银行股份有限公司',
    '安全代码卡',
    '恢复代码',
    '签发日期',
    '有效期至',
    '请与密码分开保管。',
    '沿轮廓剪下，沿虚线对折，背对背粘合。',
    '每个代码只能使用一次，用后请勾选。',
  ),
  Arabic: words(
    'بنك المثال',
    'بطاقة رموز الأمان',
    'رموز الاسترداد',
    'صدرت في',
    'تنتهي في',
    'احتفظ بها بعيدًا عن كلمة المرور.',
    'قص على طول الإطار، واطوِ عند الخط المتقطع، ثم ألصق الوجهين.',
    'يعمل كل رمز مرة واحدة. ضع علامة عليه بعد استخدامه.',
  ),
};
