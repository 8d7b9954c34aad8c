import HTTPMessages
import HTTPTransfer
import Synchronization

/// A browser, as far as cookies and forms go.
final class Browser: Sendable {
    private let http: HTTPClient
    private let port: Int
    private let cookie = Mutex<String?>(nil)

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let text: String

        /// Where it leads to, below our address.
        var location: String { headers["location"] ?? "" }
    }

    init(http: HTTPClient, port: Int) {
        self.http = http
        self.port = port
    }

    func get(_ path: String) async throws -> Answer { try await send(.get, path, nil, from: .ourselves) }

    /// Whose page a form is on.
    enum Sender: Sendable {
        case ourselves
        /// Cookies with `SameSite=Lax` do not come along with what is posted from there.
        case anotherSite
    }

    /// Posts a form with nothing but these fields.
    func post(_ path: String, _ fields: [String: String], from sender: Sender = .ourselves) async throws -> Answer {
        try await send(.post, path, fields, from: sender)
    }

    /// Posts what is no form.
    func post(_ path: String, json: String) async throws -> Answer {
        let answer = try await http.send(
            OutboundRequest(
                method: .post, url: "http://127.0.0.1:\(port)\(path)", headers: ["content-type": "application/json"],
                body: .bytes(Array(json.utf8))), bodyLimit: 1 << 20)
        return Answer(
            status: answer.status, headers: answer.headers, text: String(decoding: answer.body, as: UTF8.self))
    }

    /// Goes where an answer leads to, below our address, and on.
    func follow(_ answer: Answer) async throws -> Answer {
        var last = answer
        while last.status == 303, last.location.hasPrefix("/") { last = try await get(last.location) }
        return last
    }

    /// Opens a page and posts its first form with these fields.
    func submit(_ path: String, _ fields: [String: String]) async throws -> Answer {
        try await submit(try await get(path), at: path, fields)
    }

    /// Posts the first form of a page with these fields.
    func submit(_ page: Answer, at path: String, _ fields: [String: String]) async throws -> Answer {
        let form = page.text.split(separator: "</form>").first ?? ""
        var all: [String: String] = [:]
        for field in form.split(separator: "<input type=\"hidden\" name=\"").dropFirst() {
            let parts = field.split(separator: "\"", omittingEmptySubsequences: false)
            if parts.count > 2 { all[String(parts[0])] = String(parts[2]) }
        }
        return try await post(path, all.merging(fields) { $1 })
    }

    private func send(
        _ method: HTTPMethod, _ path: String, _ fields: [String: String]?, from sender: Sender
    ) async throws -> Answer {
        var headers: HTTPHeaders = [:]
        if let known = cookie.withLock({ $0 }), sender == .ourselves { headers["cookie"] = "other=1; \(known)" }
        if fields != nil { headers["content-type"] = "application/x-www-form-urlencoded" }
        let body = fields.map { fields in
            fields.map { "\($0.key)=\(Self.encoded($0.value))" }.joined(separator: "&")
        }
        let answer = try await http.send(
            OutboundRequest(
                method: method, url: "http://127.0.0.1:\(port)\(path)", headers: headers,
                body: body.map { .bytes(Array($0.utf8)) } ?? .none), bodyLimit: 1 << 20)
        if let set = answer.headers["set-cookie"] {
            cookie.withLock { $0 = String(set.prefix { $0 != ";" }) }
        }
        return Answer(
            status: answer.status, headers: answer.headers, text: String(decoding: answer.body, as: UTF8.self))
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
