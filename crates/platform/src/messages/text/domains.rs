//! Top-level domains that make words with a dot into links when no scheme says so.
//!
//! All two-letter country codes in use and the generic names people meet; a link with `https://` needs no entry here.

const COUNTRIES: &str = "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz \
ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh \
gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la \
lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz \
om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td \
tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";

const GENERIC: &str = "com org net edu gov mil int info biz name pro aero coop museum jobs mobi travel tel cat asia post xxx app dev page blog \
shop store online site website tech cloud xyz club live life news media tv fm art design studio agency company solutions services digital \
email chat social network world today space fun games game video music movie photos pics academy school university science health care \
clinic dental fit yoga restaurant cafe bar pub beer wine pizza kitchen recipes bank finance money cash loan insurance tax law lawyer \
legal consulting engineering systems software computer technology zone center city town country house estate properties rent auto car cars \
bike taxi tours vacations flights hotel green eco energy solar earth bio organic farm garden flowers pet dog horse baby kids family \
wedding dating love sexy singles men vip plus gold one top win bid trade market markets exchange capital fund investments ventures \
partners group team work works build builders construction tools supply parts equipment industries global international foundation ngo \
charity church community support help guide wiki link click download host hosting domains web express delivery direct press report \
review reviews observer times moscow london berlin paris tokyo nyc amsterdam wien africa onion";

/// Whether `label` (lower case) ends host names.
pub(super) fn is_top_level(label: &str) -> bool {
    let names = if label.len() == 2 { COUNTRIES } else { GENERIC };
    let is_listed = || names.split_ascii_whitespace().any(|name| name == label);
    let is_word = label.len() >= 2 && label.bytes().all(|byte| byte.is_ascii_lowercase());
    label.starts_with("xn--") || (is_word && is_listed())
}
