internal import JSON

/// One call of the internal API as a value: what is asked, and by its type what is answered. The constructors stand
/// beside the shapes that they answer with, so that a path is written once for the server and its clients.
package struct OperatorRequest<Reply: Decodable & Sendable>: Sendable, Hashable {
    /// The methods that the internal API knows.
    package enum Method: String, Sendable, Hashable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package typealias Parameter = OperatorParameter

    package let method: Method
    package let path: String
    package let parameters: [Parameter]
    /// JSON, `nil` for none.
    package let body: [UInt8]?
    package private(set) var patience = OperatorPatience.usual

    /// A call without a body.
    package init(_ method: Method, _ path: String, _ parameters: [Parameter] = []) {
        self.method = method
        self.path = path
        self.parameters = parameters
        body = nil
    }

    /// A call with a body.
    package init(_ method: Method, _ path: String, _ parameters: [Parameter] = [], body: some Encodable) {
        self.method = method
        self.path = path
        self.parameters = parameters
        self.body = JSONCodec.encode(body)
    }
}

/// How long an answer may take.
package enum OperatorPatience: Sendable, Hashable {
    /// As long as the server itself needs.
    case usual
    /// As long as models need that are asked meanwhile.
    case models
}

/// A query parameter, not escaped.
package struct OperatorParameter: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The answer of a call that answers nothing but that it was done (204).
package struct OperatorNothing: Codable, Sendable, Hashable {
    package init() {}
}

/// A call of which only the asker knows the type of the answer.
package struct ErasedOperatorRequest: Sendable, Hashable {
    package let method: String
    package let path: String
    package let parameters: [OperatorParameter]
    package let body: [UInt8]?
    package let patience: OperatorPatience
    /// Reads the answer's body; what it returns is of the type that was asked for.
    package let decode: @Sendable ([UInt8]) throws -> any Sendable

    /// Two calls are the same when they ask for the same.
    package static func == (left: Self, right: Self) -> Bool {
        left.method == right.method && left.path == right.path && left.parameters == right.parameters
            && left.body == right.body
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(method)
        hasher.combine(path)
        hasher.combine(parameters)
    }
}

extension OperatorRequest {
    /// The same call, which is answered when models have answered.
    package var askingModels: Self {
        var request = self
        request.patience = .models
        return request
    }

    /// The call without the type of its answer.
    package var erased: ErasedOperatorRequest {
        ErasedOperatorRequest(
            method: method.rawValue, path: path, parameters: parameters, body: body, patience: patience,
            decode: { bytes in
                if bytes.isEmpty, let nothing = OperatorNothing() as? Reply { return nothing }
                return try JSONCodec.decode(Reply.self, from: bytes)
            })
    }
}
