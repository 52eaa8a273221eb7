//! Lists at the front page in a real Chromium, and forms that are sent twice.

use e2e::{
    browser::Browser,
    front_page::{CHROME, front_page, made, phone, with_and_without_scripts},
    quick_start::Place,
};
use serde_json::Value;

#[test]
fn several_lines_become_a_table() {
    with_and_without_scripts(|_, visits, browser| {
        let lines = "https://a.example/1\nhttps://a.example/2\nnot-one";
        browser.type_into("#text", lines);
        browser.click("button.main");
        browser.wait_for_title("批量生成结果");
        assert!(browser.text("main").contains("成功 2，失败 1"));
        visits.wait_until_it_leads(&made(browser), "https://a.example/1");
    });
}

#[test]
fn a_long_list_shows_how_far_it_is() {
    let mut place = Place::new();
    let suo = place.start();
    let browser = Browser::start();
    browser.look_with(phone(CHROME));
    browser.open(&front_page(&suo.api));
    let _ = browser.run(
        "window.shares = []; \
         const bar = document.querySelector('#progress progress'); \
         new MutationObserver(() => { if (!bar.hidden) window.shares.push(bar.value); }) \
           .observe(document.getElementById('progress'), { subtree: true, childList: true, attributes: true })",
    );
    let lines: Vec<String> = (0..45).map(|n| format!("https://h{n}.example/x")).collect();
    let list = format!("{}\nftp://a.example", lines.join("\n"));
    let _ = browser.run(&format!("document.getElementById('text').value = {list:?}"));
    browser.click("button.main");
    browser.wait_for_title("批量生成结果");
    assert!(browser.text("#count").contains("成功 45，失败 1"));
    assert_eq!(
        browser.run("return document.querySelectorAll('tbody tr').length"),
        46
    );
    let shares = browser.run("return window.shares");
    let shares: Vec<f64> = serde_json::from_value(shares).expect("numbers");
    assert!(shares.is_sorted() && shares.len() > 4, "{shares:?}");
    // The file and the plain list have all of them.
    let rows = browser.run("return document.querySelector('textarea[name=rows]').value");
    assert_eq!(rows.as_str().expect("rows").lines().count(), 46);
    let all = browser.run("return document.getElementById('all').textContent");
    assert_eq!(all.as_str().expect("links").lines().count(), 45);
}

#[test]
fn a_long_list_that_breaks_off_keeps_what_is_made_and_what_is_left() {
    let mut place = Place::new();
    let suo = place.start();
    let browser = Browser::start();
    browser.look_with(phone(CHROME));
    browser.open(&front_page(&suo.api));
    let lines: Vec<String> = (0..40).map(|n| format!("https://h{n}.example/x")).collect();
    let list = lines.join("\n");
    let _ = browser.run(&format!(
        "document.getElementById('text').value = {list:?}; \
         const ask = window.fetch; let asked = 0; \
         window.fetch = (...what) => ++asked > 2 ? Promise.reject(new Error('no network')) : ask(...what)"
    ));
    browser.click("button.main");
    browser.wait_for_text("#errors", "网络连接失败");
    assert_eq!(
        browser.run("return document.querySelectorAll('tbody tr').length"),
        20
    );
    let left = browser.run("return document.getElementById('text').value");
    assert_eq!(left, lines[20..].join("\n"));
    let label = browser.text("button.main");
    assert_eq!(label, "生成短链接");
}

#[test]
fn a_second_press_of_the_button_makes_no_second_link() {
    with_and_without_scripts(|api, visits, browser| {
        // What no other form of this test asks for.
        let once = browser.attribute("input[name=once]", "value");
        let target = format!("https://a.example/{once}");
        browser.type_into("#text", &target);
        // Both forms are under way at once: the first answer is never seen.
        let _ = browser.run(
            "const form = document.getElementById('create'); \
             const body = new URLSearchParams(new FormData(form)); \
             fetch(form.action, { method: 'POST', body, credentials: 'same-origin' }).catch(() => {})",
        );
        browser.click("button.main");
        let code = made(browser);
        visits.wait_until_it_leads(&code, &target);
        let links = api.call("GET", "/links", &Value::Null).json();
        let links = links["data"].as_array().expect("links").iter();
        assert_eq!(links.filter(|link| link["target"] == target).count(), 1);
    });
}
