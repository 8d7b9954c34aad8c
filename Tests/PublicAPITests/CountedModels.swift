import HTTPMessages
import HTTPServer
import HTTPServing
import JSON
import Synchronization

/// Models that answer `Answer of NAME`, in the words of OpenAI's two interfaces, and count how often they are asked.
final class CountedModels: Sendable {
    private let asked = Mutex<[String: Int]>([:])

    /// How often a model was asked.
    func calls(of model: String) -> Int { asked.withLock { $0[model] ?? 0 } }

    /// What a model says.
    static func answer(of model: String) -> String { "Answer of \(model)" }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        do {
            let body = try await request.body.collect(upTo: 1 << 26)
            let call = try JSONCodec.decode(JSONValue.self, from: body)
            let model = call["model"]?.stringValue ?? ""
            asked.withLock { $0[model, default: 0] += 1 }
            let said = JSONValue.string(Self.answer(of: model))
            if request.path == "/v1/responses" { return .json(Self.response(model, said)) }
            guard call["stream"] == true else { return .json(Self.completion(model, said)) }
            let piece: JSONValue = [
                "id": "c", "object": "chat.completion.chunk", "created": 1, "model": .string(model),
                "choices": [["index": 0, "delta": ["role": "assistant", "content": said], "finish_reason": "stop"]],
            ]
            return HTTPResponse(
                status: 200, headers: ["content-type": "text/event-stream"],
                body: .bytes(Array("data: \(piece)\n\ndata: [DONE]\n\n".utf8)))
        } catch {
            return .text("\(error)", status: 500)
        }
    }

    private static func completion(_ model: String, _ said: JSONValue) -> JSONValue {
        [
            "id": "c", "object": "chat.completion", "created": 1, "model": .string(model),
            "choices": [
                ["index": 0, "message": ["role": "assistant", "content": said], "finish_reason": "stop"]
            ],
        ]
    }

    private static func response(_ model: String, _ said: JSONValue) -> JSONValue {
        [
            "id": "r", "object": "response", "created_at": 1, "status": "completed", "model": .string(model),
            "output": [
                [
                    "type": "message", "id": "m", "role": "assistant", "status": "completed",
                    "content": [["type": "output_text", "text": said, "annotations": []]],
                ]
            ],
        ]
    }
}
