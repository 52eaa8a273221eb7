//! What codes are for, by the forms in which the apps print them.
//!
//! Sources: those that `docs/qr.md` names. The tokens are made up.

use suo_qr::Kind;

const FORMS: [(Kind, &[&str]); 10] = [
    (
        Kind::Url,
        &[
            "https://example.com/a?b#c",
            "HTTPS://EXAMPLE.COM/A",
            "https://例子.example.cn/",
            "http://192.0.2.1:8080/x",
            " https://example.com/\n",
            // Neighbours of what has a kind of its own.
            "https://mp.weixin.qq.com/s/abc",
            "https://weixin.qq.com/",
            "https://weixin.qq.com.example.com/g/AwYAAB",
            "https://example.com/?u=https://u.wechat.com/abc",
            "https://qr.alipay.com.example.com/fkx1",
            "https://qm.qq.com/q/abc",
            "https://t.me/abc",
            // By which somebody signs in to WeChat elsewhere: nobody's card.
            "http://weixin.qq.com/x/oaX6abcdefghijklmnop",
            "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx0",
            "https://i.qianbao.qq.com/",
        ],
    ),
    (
        Kind::WechatGroup,
        &[
            "https://weixin.qq.com/g/AwYAAB3nQ0x2mCw9eGkPZt1v",
            "http://weixin.qq.com/g/AbCdEf-gh_Ij1234",
            "HTTPS://WEIXIN.QQ.COM/g/AwYAAB",
        ],
    ),
    (
        Kind::WechatPerson,
        &[
            "https://u.wechat.com/GZ7jHVfxrQptZuasT5R0yTN?s=2",
            "https://u.wechat.com/abc",
            // Official accounts.
            "http://weixin.qq.com/r/0Dj2nEXErUjxrQKR92xk",
            "http://weixin.qq.com/r/mp/SyhTabcdefghijklmnop",
            "http://weixin.qq.com/q/02abc",
        ],
    ),
    (
        Kind::Wecom,
        &[
            "https://work.weixin.qq.com/u/vc0123456789abcdef?v=4.1.20",
            "https://work.weixin.qq.com/gm/0123456789abcdef",
            "https://work.weixin.qq.com/kf/kfc0123456789abcdef?enc_scene=ENC01234567",
            "https://work.weixin.qq.com/ca/cawcde0123456789ab",
        ],
    ),
    (
        Kind::MiniProgram,
        &[
            "https://mp.weixin.qq.com/a/~AbCdEf0123456789~~",
            "https://mp.weixin.qq.com/a/~~AbCdEf~0123456789~~",
            "https://wxaurl.cn/AbCdEf01234",
            "https://wxmpurl.cn/AbCdEf01234",
            "weixin://dl/business/?t=AbCdEf01234",
            "#小程序://商城/AbCdEf01234",
        ],
    ),
    (
        Kind::Alipay,
        &[
            "https://qr.alipay.com/fkx01234abcdefghijklm",
            "HTTPS://QR.ALIPAY.COM/FKX01234ABCDEFGHIJKLM",
            "https://mobilecodec.alipay.com/show.htm?code=abc01234&picSize=M",
            "https://ur.alipay.com/_4kQhAbCdEf",
            "https://ds.alipay.com/?from=mobilecodec&scheme=alipayqr%3A%2F%2Fplatformapi",
            "alipayqr://platformapi/startapp?saId=10000007",
            "https://qr.alipay.com/bax01234abcdefghijklmn",
            "alipays://platformapi/startapp?appId=20000067",
            "https://render.alipay.com/p/s/i/?scheme=alipays%3A%2F%2Fplatformapi",
        ],
    ),
    (
        Kind::Payment,
        &[
            "wxp://f2f0AbCdEf0123456789",
            "weixin://wxpay/bizpayurl?pr=AbCdEf0",
            "https://qr.95516.com/00010000/0123456789",
            "weixin://pay.weixin.qq.com/bizpayurl/up?pr=AbCdEf0&groupid=00",
            "https://wx.tenpay.com/f2f?t=AQAAAAbCdEf",
            "https://payapp.weixin.qq.com/qr/AQFjAbCdEf",
            "https://payapp.wechatpay.cn/sjt/qr/AQJ7AbCdEf",
            "https://i.qianbao.qq.com/wallet/sqrcode.htm?m=tenpay&f=wallet&a=1&u=10000",
            "00020101021126330016A0000006770101115802TH6304A1B2",
            "bitcoin:bc1q0123456789abcdef?amount=0.01",
            // What a cashier scans from a customer.
            "134567890123456789",
            "287654321098765432",
            "3012345678901234",
            "6201234567890123456",
        ],
    ),
    (
        Kind::Wifi,
        &[
            "WIFI:T:WPA;S:net;P:word;;",
            "wifi:S:open net;;",
            "WIFI:S:名字;T:SAE;P:a\\;b;H:true;;",
        ],
    ),
    (
        Kind::Vcard,
        &[
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Li\r\nEND:VCARD",
            "begin:vcard\nversion:4.0",
            "MECARD:N:Li;TEL:10086;;",
        ],
    ),
    (
        Kind::Text,
        &[
            "see https://example.com",
            "https://example.com and more",
            "https://",
            "ftp://example.com/",
            "javascript:alert(1)",
            "短",
            "",
            // Numbers, but nobody's money.
            "12345678901234567",
            "1345678901234567890",
            "6901234567892",
            "161234567890123456",
            "0002013400",
            "00020199999999",
            "000201é6304A1B",
            "tel:10086",
        ],
    ),
];

#[test]
fn every_form_has_its_kind() {
    for (kind, forms) in FORMS {
        for form in forms {
            assert_eq!(Kind::of(form), kind, "{form}");
        }
    }
}

#[test]
fn every_kind_has_forms_and_a_name_of_its_own() {
    assert_eq!(FORMS.map(|(kind, _)| kind), Kind::ALL);
    let mut names: Vec<String> = Kind::ALL.map(|kind| kind.to_string()).to_vec();
    let is_name = |name: &String| name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    assert!(names.iter().all(is_name), "{names:?}");
    names.sort();
    names.dedup();
    assert_eq!(names.len(), Kind::ALL.len());
}

#[test]
fn what_others_can_end_is_said_to_expire() {
    let expiring = Kind::ALL.into_iter().filter(|kind| kind.expires());
    assert!(expiring.eq([Kind::WechatGroup, Kind::WechatPerson]));
}
