"""A browser without a window: browser.py START [NAME=VALUE ...] [--press BUTTON]

Opens START and submits the form of each page, filled in with these values, until a page has none or asks for what is not
among them. With --press it takes the form with that button where a page has it. Prints JSON: `status`, `url` and `text` of
the last page, and `posted`: what it has posted, in order. Cookies with SameSite do not come along with what a page of another
site posts.
"""

import http.cookiejar
import json
import sys
import urllib.error
import urllib.request
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit


class Page(HTMLParser):
    """The forms of a page and its words."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.words, self.skips = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.forms.append(
                {"action": attributes.get("action", ""), "method": attributes.get("method", "get"), "fields": {},
                 "asks": [], "button": ""}
            )
        if tag == "input" and self.forms:
            name, value = attributes.get("name", ""), attributes.get("value", "")
            self.forms[-1]["fields"][name] = value
            if attributes.get("type") != "hidden":
                self.forms[-1]["asks"].append(name)
        self.skips = tag in ("style", "title")

    def handle_data(self, data):
        if self.skips or not data.strip():
            return
        self.words.append(data.strip())
        if self.forms and self.lasttag == "button":
            self.forms[-1]["button"] += data.strip()


def site(address):
    """Whose page it is: the scheme and the host, whatever the port."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname


class SameSite(http.cookiejar.DefaultCookiePolicy):
    """Keeps cookies back as browsers do. A redirect after a form is followed with GET, and takes them along."""

    def return_ok(self, cookie, request):
        sender = getattr(request, "sender", None)
        is_posted_from_elsewhere = request.get_method() == "POST" and sender and site(sender) != site(request.full_url)
        kind = (cookie.get_nonstandard_attr("SameSite") or "Lax").lower()
        if is_posted_from_elsewhere and kind != "none":
            return False
        return super().return_ok(cookie, request)


def main(start, *rest):
    words = list(rest)
    button = None
    if "--press" in words:
        place = words.index("--press")
        button = words[place + 1]
        del words[place : place + 2]
    values = dict(word.split("=", 1) for word in words)
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar(SameSite()))
    opener = urllib.request.build_opener(cookies)
    posted = []
    request = urllib.request.Request(start)
    for _ in range(12):
        try:
            answer = opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        page = Page(answer.read().decode())
        form = next((it for it in page.forms if it["button"] == button), next(iter(page.forms), None))
        missing = form and [it for it in form["asks"] if not form["fields"][it] and it not in values]
        if form is None or missing or answer.status >= 400:
            break
        fields = form["fields"] | {name: values[name] for name in form["asks"] if name in values}
        address = urljoin(answer.url, form["action"])
        if form["method"] == "post":
            posted.append({"url": address, "fields": fields})
            request = urllib.request.Request(address, data=urlencode(fields).encode())
            request.sender = answer.url
        else:
            request = urllib.request.Request(address + ("?" + urlencode(fields) if fields else ""))
    print(json.dumps({"status": answer.status, "url": answer.url, "text": "\n".join(page.words), "posted": posted}))


main(*sys.argv[1:])
