import Cryptography
import EventLoop
import FoundationEssentials
import JSON
import Synchronization
import TestSupport

/// An endpoint as a customer would run one: it checks what it gets and answers as the test wants.
final class Receiver: Sendable {
    /// A message that arrived.
    struct Message: Sendable {
        let id: String
        let timestamp: Int64
        let signatures: [String]
        let body: [UInt8]

        /// Whether the secret has signed it, which is reckoned here as a receiver would.
        func isSigned(by secret: String) -> Bool {
            guard let key = Base64.decode(secret.dropFirst("whsec_".count)) else { return false }
            let code = HMACSHA256.authenticate(Array("\(id).\(timestamp).".utf8) + body, key: key)
            return signatures.contains("v1," + Base64.encode(code))
        }

        var json: JSONValue { get throws { try JSONParser.parse(String(decoding: body, as: UTF8.self)) } }
        var type: String? { get throws { try json["type"]?.stringValue } }
    }

    private struct State {
        var messages: [Message] = []
        var answer: @Sendable (Message, Int) -> String = { _, _ in Receiver.status(200) }
    }

    private let state: Box
    private let server: ScriptedServer

    private final class Box: Sendable {
        let state = Mutex(State())
    }

    init(on loop: Loop) throws {
        let box = Box()
        state = box
        server = try ScriptedServer(on: loop) { request in
            let message = Message(request)
            let (answer, number) = box.state.withLock { state in
                state.messages.append(message)
                return (state.answer, state.messages.count)
            }
            return answer(message, number)
        }
    }

    func url(_ path: String = "/hook") -> String { server.url(path) }
    var port: Int { server.port }
    var messages: [Message] { state.state.withLock { $0.messages } }
    /// What it would do once each, being told of the same event any number of times.
    var effects: Set<String> { Set(messages.map(\.id)) }

    /// Answers each message by what `answer` makes of it and its number, from 1.
    func answer(_ answer: @escaping @Sendable (Message, Int) -> String) {
        state.state.withLock { $0.answer = answer }
    }

    func stop() async { await server.stop() }

    static func status(_ status: Int, _ headers: [String] = [], body: String = "ok") -> String {
        let lines = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + headers
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}

extension Receiver.Message {
    fileprivate init(_ request: ScriptedRequest) {
        func field(_ name: String) -> String {
            let line = request.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name):") }
            return String(line?.dropFirst(name.count + 1).drop { $0 == " " } ?? "")
        }
        self.init(
            id: field("webhook-id"), timestamp: Int64(field("webhook-timestamp")) ?? 0,
            signatures: field("webhook-signature").split(separator: " ").map(String.init), body: request.body)
    }
}
