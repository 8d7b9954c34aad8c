internal import HTTPServing
internal import JSON

/// A message of JSON-RPC 2.0, as clients of the Model Context Protocol send it.
struct MCPMessage {
    /// Why a message is not answered with a result; the numbers are JSON-RPC's.
    enum Failure: Int64, Error {
        case unreadable = -32700
        case invalidRequest = -32600
        case unknownMethod = -32601
        case invalidParameters = -32602
    }

    /// What the answer is recognised by; `nil` for a notification, which gets none.
    let id: JSONValue?
    let method: String
    let parameters: JSONValue

    /// Reads a message. An answer of the client to something that was never asked counts as a notification.
    init(_ value: JSONValue) throws(Failure) {
        guard let object = value.objectValue, object["jsonrpc"] == "2.0" else { throw .invalidRequest }
        let id = object["id"]
        switch id {
        case nil, .string, .integer: self.id = id
        default: throw .invalidRequest
        }
        if let method = object["method"]?.stringValue {
            self.method = method
        } else {
            guard object["result"] != nil || object["error"] != nil else { throw .invalidRequest }
            self.method = "notifications/answer"
        }
        parameters = object["params"] ?? .object([:])
    }

    /// Whether nobody waits for an answer.
    var isNotification: Bool { id == nil || method.hasPrefix("notifications/") }

    /// The answer that carries a result.
    static func result(_ result: JSONValue, to id: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "id": id, "result": result]
    }

    /// The answer that says why there is none.
    static func error(_ failure: Failure, _ message: String, to id: JSONValue) -> JSONValue {
        [
            "jsonrpc": "2.0", "id": id,
            "error": ["code": .integer(failure.rawValue), "message": .string(message)],
        ]
    }
}
