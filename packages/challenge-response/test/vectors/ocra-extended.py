"""Writes ocra-extended.json beside this file: OCRA from the text of RFC 6287 (sections 5.1, 5.2, 6) and nothing else."""
import hashlib
import hmac
import json
import pathlib
import random

rnd=random.Random(6287)
H={'SHA1':hashlib.sha1,'SHA256':hashlib.sha256,'SHA512':hashlib.sha512}
UNIT={'S':1,'M':60,'H':3600}
def vec(suite,key,q,C=None,pin=None,session=None,now=None):
    algo,crypto,inputs=suite.split(':')
    _,h,d=crypto.split('-'); d=int(d)
    data=suite.encode()+b'\0'
    for part in inputs.split('-'):
        if part=='C': data+=C.to_bytes(8,'big')
        elif part[0]=='Q':
            joined=''.join(q) if isinstance(q,list) else q
            if part[1]=='N': x=('%x'%int(joined))
            elif part[1]=='H': x=joined
            else: x=joined.encode('ascii').hex()
            data+=bytes.fromhex(x.ljust(256,'0'))
        elif part[0]=='P': data+=H[part[1:]](pin.encode()).digest()
        elif part[0]=='S': data+=session.rjust(int(part[1:]),b'\0')
        elif part[0]=='T': data+=(now//1000//(int(part[1:-1])*UNIT[part[-1]])).to_bytes(8,'big')
    m=hmac.new(key,data,H[h]).digest()
    if d==0: r=m.hex()
    else:
        o=m[-1]&15
        r=str((int.from_bytes(m[o:o+4],'big')&0x7fffffff)%10**d).zfill(d)
    v={'suite':suite,'keyHex':key.hex(),'challenge':q}
    if C is not None: v['counter']=str(C)
    if pin is not None: v['pin']=pin
    if session is not None: v['sessionHex']=session.hex()
    if now is not None: v['now']=now
    v['dataInputHex']=data.hex(); v['response']=r
    return v
out=[]
key=bytes(range(1,33))
for d in [0,4,5,6,7,8,9,10]:
    for h in H: out.append(vec(f'OCRA-1:HOTP-{h}-{d}:QN08',key,'12345678'))
for c in [0,1,255,256,2**31-1,2**31,2**32-1,2**32,2**40,2**53-1,2**53,2**63,2**64-1]:
    out.append(vec('OCRA-1:HOTP-SHA256-8:C-QN06',key,'482915',C=c))
for q in ['0000','0001','0016','9999','00000000000000001','999999999999999','9007199254740993','9'*20,'1'+'0'*63,'9'*64]:
    out.append(vec('OCRA-1:HOTP-SHA1-8:QN64',key,q))
for q in ['abcd','ABCD','abcde','0000','0001','f'*63,'0123456789abcdefABCDEF','F'*64]:
    out.append(vec('OCRA-1:HOTP-SHA512-8:QH64',key,q))
for q in ['abcd','ABCD','Zz09','a'*64,'SIG10000']:
    out.append(vec('OCRA-1:HOTP-SHA256-8:QA64',key,q))
for a,b in [('CLI22220','SRV11110'),('a'*64,'B'*64)]:
    out.append(vec('OCRA-1:HOTP-SHA256-8:QA64',key,[a,b])); out.append(vec('OCRA-1:HOTP-SHA256-8:QA64',key,[b,a]))
for a,b in [('abcde','1234567'),('F'*64,'e'*63)]: out.append(vec('OCRA-1:HOTP-SHA1-6:QH64',key,[a,b]))
for n in [1,7,64,128,256,512,999]:
    for l in sorted({0,1,n//2,n}):
        out.append(vec(f'OCRA-1:HOTP-SHA256-8:QN08-S{n:03d}',key,'12345678',session=bytes(rnd.randrange(256) for _ in range(l))))
for g in ['1S','20S','30S','59S','1M','5M','59M','1H','24H','48H']:
    for now in [0,59_999,60_000,1_700_000_000_123,2**41*1000+1,8_640_000_000_000_000]:
        out.append(vec(f'OCRA-1:HOTP-SHA1-8:QN08-T{g}',key,'12345678',now=now))
for h in H:
    for pin in ['1234','k7#w2q','éclair','密码1234']:
        out.append(vec(f'OCRA-1:HOTP-SHA1-6:QN08-P{h}',key,'12345678',pin=pin))
for h in H:
    for l in [16,20,63,64,65,127,128,129,200]:
        out.append(vec(f'OCRA-1:HOTP-{h}-10:C-QA10-PSHA512-S100-T1M',bytes(rnd.randrange(256) for _ in range(l)),'Ab1Cd2Ef3G',C=rnd.randrange(2**64),pin='7294',session=b'session',now=1_700_000_000_000))
json.dump({'source':'Computed by a program in Python written from the text of RFC 6287 (sections 5.1, 5.2, 6, 7) and erratum 3729, which shares nothing with this package. Covers what the samples of the RFC leave out: 0, 9 and 10 digits, counters to 2^64-1, QH, session data, every unit of T, mutual mode, long keys.','vectors':out},pathlib.Path(__file__).with_suffix('.json').open('w'),indent=1,ensure_ascii=False)
