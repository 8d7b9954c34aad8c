package import Access
internal import Cryptography
internal import HTTPMessages
internal import HTTPServing
package import Tenancy

/// What all pages have in common: who shows them, how their forms are known, and what keeps them safe.
package struct PageFrame: Sendable {
    let deployment: String
    /// Where browsers reach us.
    package let address: PublicAddress
    private let hash: CredentialHash

    /// `deployment` is what the installation is called; with `hash` forms are recognised.
    package init(deployment: String, address: PublicAddress, hash: CredentialHash) {
        self.deployment = deployment
        self.address = address
        self.hash = hash
    }

    /// The field by which a form shows that it is ours.
    static let formTokenField = "form_token"

    /// The browser that asks.
    func browser(of context: RequestContext, from sender: PageSender) -> PageBrowser {
        PageBrowser(context, from: sender, isSecure: address.isSecure, hash)
    }

    /// A page, served so that nobody stores it, frames it, or learns by it where its reader came from.
    func reply(_ page: Page, status: Int, to browser: PageBrowser) -> Reply {
        let html = PageHTML(deployment: deployment, prefix: address.prefix, formToken: browser.formToken)
        return .bytes(
            Array(html.document(page).utf8), type: "text/html; charset=utf-8", status: status,
            headers: browser.keeping([
                "content-security-policy": PageHTML.policy(of: page), "referrer-policy": "no-referrer",
                "x-content-type-options": "nosniff", "x-frame-options": "DENY", "cache-control": "no-store",
            ]))
    }

    /// Sends a browser on with GET.
    func redirect(to url: String, _ browser: PageBrowser) -> Reply {
        .bytes(
            [], type: "text/plain; charset=utf-8", status: 303,
            headers: browser.keeping([
                "location": url, "referrer-policy": "no-referrer", "cache-control": "no-store",
            ]))
    }
}

/// Whose page has made a browser ask.
package enum PageSender: Sendable, Hashable {
    /// One of ours, or nobody's: an address that was entered or opened.
    case ourselves
    /// That of an identity provider.
    case anotherSite
}

/// A browser, known by a random secret in a cookie for as long as somebody signs in with it.
///
/// The cookie is never sent along with what another site posts, and need not be: the answer to that sends the browser on,
/// and the page after it asks whether this browser made the request. A browser that brings no cookie from there may well
/// have one, so it is not given another in its place.
package struct PageBrowser: Sendable {
    /// By which it is known in the database.
    package let hash: [UInt8]
    /// What its forms bring back.
    let formToken: String
    /// The header field that lets it keep its secret; `nil` when it may have another one.
    private let cookie: String?

    /// How long it is known, in seconds.
    private static let lifetime = 3600

    init(_ context: RequestContext, from sender: PageSender, isSecure: Bool, _ hash: CredentialHash) {
        // What begins with __Host- can be set by nobody but this host, over TLS.
        let name = isSecure ? "__Host-scorable" : "scorable"
        let known = Self.secret(in: context.header("cookie") ?? "", name)
        let secret = known ?? Base64URL.encode(randomBytes(32))
        self.hash = hash.of("browser:" + secret)
        formToken = Base64URL.encode(hash.of("form:" + secret))
        let field =
            "\(name)=\(secret); Path=/; Max-Age=\(Self.lifetime); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
        cookie = known == nil && sender == .anotherSite ? nil : field
    }

    /// Header fields with the one that lets it keep its secret.
    func keeping(_ headers: HTTPHeaders) -> HTTPHeaders {
        var headers = headers
        if let cookie { headers.add("set-cookie", cookie) }
        return headers
    }

    private static func secret(in field: String, _ name: String) -> String? {
        for pair in field.split(separator: ";") {
            let pair = pair.drop { $0 == " " }
            if pair.hasPrefix(name + "="), let bytes = Base64URL.decode(String(pair.dropFirst(name.count + 1))),
                bytes.count == 32
            {
                return String(pair.dropFirst(name.count + 1))
            }
        }
        return nil
    }
}
