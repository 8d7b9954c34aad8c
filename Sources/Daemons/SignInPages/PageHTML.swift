internal import Cryptography
internal import HTTPMessages

/// Writes a page as HTML: no script, nothing from elsewhere, every text escaped.
struct PageHTML {
    /// Which installation shows it.
    let deployment: String
    /// What precedes the paths of forms.
    let prefix: String
    /// What shows that a form is ours.
    let formToken: String

    func document(_ page: Page) -> String {
        """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(escaped(page.title)) · \
        \(escaped(deployment))</title><meta name="viewport" content="width=device-width, initial-scale=1">\
        <meta name="robots" content="noindex"><style>\(PageStyle.css)</style></head><body><main>\
        <p class="place">\(escaped(deployment))</p><h1>\(escaped(page.title))</h1>\
        \(page.blocks.map(block).joined())</main></body></html>
        """
    }

    /// The content security policy that a page is served with.
    static func policy(of page: Page) -> String {
        let targets = (["'self'"] + page.formTargets).joined(separator: " ")
        return "default-src 'none'; style-src '\(PageStyle.digest)'; base-uri 'none'; form-action \(targets); "
            + "frame-ancestors 'none'"
    }

    private func block(_ block: Page.Block) -> String {
        switch block {
        case .text(let text): "<p>\(escaped(text))</p>"
        case .warning(let text): "<p class=\"warning\" role=\"alert\">\(escaped(text))</p>"
        case .code(let text): "<p class=\"code\">\(escaped(text))</p>"
        case .facts(let facts):
            "<dl>\(facts.map { "<dt>\(escaped($0.name))</dt><dd>\(escaped($0.value))</dd>" }.joined())</dl>"
        case .form(let form): self.form(form)
        }
    }

    private func form(_ form: PageForm) -> String {
        let (method, address, token) = destination(of: form)
        let hidden = (token.map { [PageForm.Hidden(PageFrame.formTokenField, $0)] } ?? []) + form.hidden
        let style = form.isSecondary ? " class=\"secondary\"" : ""
        return """
            <form method="\(method)" action="\(escaped(address))">\
            \(hidden.map { "<input type=\"hidden\" name=\"\(escaped($0.name))\" value=\"\(escaped($0.value))\">" }.joined())\
            \(form.fields.map(field).joined())<button type="submit"\(style)>\(escaped(form.button))</button></form>
            """
    }

    private func destination(of form: PageForm) -> (method: String, address: String, token: String?) {
        switch form.action {
        case .post(let path): ("post", prefix + path, formToken)
        case .open(let path): ("get", prefix + path, nil)
        case .postElsewhere(let url): ("post", url, nil)
        }
    }

    private func field(_ field: PageForm.Field) -> String {
        let name = escaped(field.name)
        let hint = field.hint.isEmpty ? "" : "<small id=\"\(name)-hint\">\(escaped(field.hint))</small>"
        let described = field.hint.isEmpty ? "" : " aria-describedby=\"\(name)-hint\""
        return """
            <label for="\(name)">\(escaped(field.label))</label><input id="\(name)" name="\(name)" \
            value="\(escaped(field.value))"\(described) \(Self.attributes(of: field.kind)) required>\(hint)
            """
    }

    private static func attributes(of kind: PageForm.Field.Kind) -> String {
        switch kind {
        case .text: "type=\"text\" maxlength=\"512\""
        case .email: "type=\"email\" maxlength=\"254\" autocomplete=\"email\""
        case .password: "type=\"password\" maxlength=\"1024\" autocomplete=\"current-password\""
        case .newPassword: "type=\"password\" maxlength=\"1024\" autocomplete=\"new-password\""
        case .code:
            "type=\"text\" maxlength=\"32\" autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\""
        }
    }

    private func escaped(_ text: String) -> String { MarkupText.escaped(text) }
}

/// How pages look, by day and by night, on a desk and on a telephone.
enum PageStyle {
    static let css = """
        :root{color-scheme:light dark;--ink:#1c2128;--quiet:#59636e;--line:#d0d7de;--ground:#f6f8fa;--paper:#fff;--act:#0b63c5;--on:#fff;--warn:#9a3412;--warm:#fff4ec}
        @media(prefers-color-scheme:dark){:root{--ink:#e2e8ee;--quiet:#9aa4ae;--line:#39424c;--ground:#14181d;--paper:#1c2128;--act:#6cb2ff;--on:#0d1117;--warn:#ffb38a;--warm:#33231a}}
        *{box-sizing:border-box}body{margin:0;padding:5vh 1rem;color:var(--ink);background:var(--ground);font:16px/1.5 system-ui,sans-serif}
        main{max-width:30rem;margin:0 auto;padding:1.5rem;border:1px solid var(--line);border-radius:10px;background:var(--paper)}
        .place{margin:0;color:var(--quiet);font-size:.9rem}h1{margin:.2rem 0 1rem;font-size:1.4rem;line-height:1.25}p{margin:.7rem 0;overflow-wrap:anywhere}
        .warning{padding:.7rem .9rem;border-left:4px solid var(--warn);background:var(--warm)}
        .code{padding:.6rem;border:1px dashed var(--line);text-align:center;font:600 1.6rem/1.4 ui-monospace,monospace;letter-spacing:.12em}
        dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1rem;margin:1rem 0}dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
        form{margin:1rem 0 0}label{display:block;margin:.9rem 0 .25rem;font-weight:600}
        input{width:100%;padding:.6rem .7rem;border:1px solid var(--quiet);border-radius:6px;color:inherit;background:transparent;font:inherit}
        small{display:block;margin-top:.25rem;color:var(--quiet)}
        button{width:100%;margin-top:1.1rem;padding:.7rem;border:2px solid var(--act);border-radius:6px;color:var(--on);background:var(--act);font:inherit;font-weight:600;cursor:pointer}
        button.secondary{color:var(--act);background:transparent}input:focus,button:focus{outline:3px solid var(--act);outline-offset:2px}
        """

    /// By which the policy knows it.
    static let digest = "sha256-" + Base64.encode(SHA256.hash(css))
}
