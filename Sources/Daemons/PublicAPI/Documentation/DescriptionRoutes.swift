internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import JSON
internal import OpenAPI
internal import Synchronization

extension PublicRoutes {
    /// What the API says of itself. For everybody: generators and people read it before they have a key, and it is the same
    /// in every installation of a release.
    func addDescription(to routes: inout ProtectedRoutes, release: String) {
        let description = ServedDescription(release: release)
        for path in ["/openapi.json", "/docs/download/"] {
            routes.onForEverybody(.get, path) { _ in
                .bytes(description.rendered.document, type: "application/json", headers: ServedDescription.fields)
            }
        }
        routes.onForEverybody(.get, "/docs/") { _ in
            let page = description.rendered
            return .bytes(
                page.page, type: "text/html; charset=utf-8",
                headers: ServedDescription.fields.adding("content-security-policy", page.policy))
        }
    }
}

/// The description as it is served; made when somebody wants it, and kept.
private final class ServedDescription: Sendable {
    struct Rendered {
        let document: [UInt8]
        let page: [UInt8]
        let policy: String
    }

    /// An installation's release changes now and then.
    static let fields: HTTPHeaders = ["cache-control": "public, max-age=300", "x-content-type-options": "nosniff"]

    private let release: String
    private let kept = Mutex<Rendered?>(nil)

    init(release: String) { self.release = release }

    var rendered: Rendered {
        kept.withLock { kept in
            if let kept { return kept }
            let description = PublicDescription.of(release: release)
            let page = ReferencePage(of: description)
            let made = Rendered(
                document: JSONWriter.bytes(of: description.document), page: Array(page.html.utf8), policy: page.policy)
            kept = made
            return made
        }
    }
}

extension HTTPHeaders {
    fileprivate func adding(_ name: String, _ value: String) -> HTTPHeaders {
        var copy = self
        copy.add(name, value)
        return copy
    }
}
