import APIClient
import EventLoop
import HTTPMessages
import HTTPServer
import HTTPTransfer
import Synchronization

/// A server that answers as a test wants, and keeps what it was asked.
struct InternalAPI: Sendable {
    /// One request, as far as the tests look at it.
    struct Asked: Sendable, Hashable {
        let line: String
        let authorization: String?
        let lastEventID: String?
        let unattended: String?
        let body: String
    }

    /// What was asked, in order.
    final class Log: Sendable {
        private let entries = Mutex<[Asked]>([])
        var all: [Asked] { entries.withLock { $0 } }
        func add(_ asked: Asked) { entries.withLock { $0.append(asked) } }
    }

    let client: OperatorClient
    let log: Log

    /// Runs `body` with a client of a server that answers everything by `answer`.
    static func run(
        _ answer: @escaping @Sendable (Asked) -> HTTPResponse,
        _ body: @escaping @Sendable (InternalAPI) async throws -> Void
    ) async throws {
        let loops = LoopGroup(count: 1, name: "api-test")
        let log = Log()
        let listener = HTTPListener(settings: HTTPListenerSettings(), loops: loops) { request in
            let sent: [UInt8]
            do { sent = try await request.body.collect(upTo: 1 << 20) } catch { return HTTPResponse(status: 400) }
            let asked = Asked(
                line: "\(request.method) \(request.path)\(request.query.map { "?\($0)" } ?? "")",
                authorization: request.headers["authorization"], lastEventID: request.headers["last-event-id"],
                unattended: request.headers["x-scorable-unattended"],
                body: String(decoding: sent, as: UTF8.self))
            log.add(asked)
            return answer(asked)
        }
        try await listener.start()
        let http = HTTPClient(loops: loops)
        let api = InternalAPI(
            client: OperatorClient(server: "http://127.0.0.1:\(listener.port)/", http: http), log: log)
        let result: Result<Void, any Error>
        do {
            try await loops.loops[0].run { try await body(api) }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await http.close()
        await listener.drain(within: .zero)
        await loops.shutdown()
        try result.get()
    }
}

extension HTTPResponse {
    static func json(_ text: String, status: Int = 200, headers: HTTPHeaders = [:]) -> HTTPResponse {
        var headers = headers
        headers["content-type"] = "application/json"
        return HTTPResponse(status: status, headers: headers, body: .bytes(Array(text.utf8)))
    }
}

/// Bodies as they stand on the wire, written by hand: the names in them are the contract.
enum Bodies {
    static let session = """
        {"token":"t0k","expires_at":"2026-11-25T00:00:00.000000Z",
         "user":{"id":"01930000-0000-7000-8000-000000000001","email":"a@b.c","full_name":"A B","role":"admin"},
         "permissions":["event:read"],
         "organization":{"id":"01930000-0000-7000-8000-000000000002","name":"Acme"},"project":null,
         "server_time":"2026-11-24T12:04:30.000000Z",
         "deployment":{"name":"local","is_production":false,"version":"0.1.0"},
         "wants_second_factor":false}
        """

    static let row = """
        {"id":"01930000-0000-7000-8000-000000000003","created_at":"2026-11-24T12:04:29.118000Z","type":"judge",\
        "name":"Support quality","item_id":"01930000-0000-7000-8000-000000000004","parent_id":null,"score":0.82,\
        "failure":null,"model":"demo/heuristic","provider":"demo","latency_milliseconds":12.5,\
        "cost_nanodollars":410000,"project_id":"01930000-0000-7000-8000-000000000005","project_name":"default",\
        "session_id":"s-1","user_id":null,"tags":["nightly"]}
        """

    static let failedRow = row.replacing("\"score\":0.82", with: "\"score\":null")
        .replacing("\"failure\":null", with: #""failure":{"code":"timeout","message":"too slow"}"#)

    static let detail = """
        {"execution":\(row),"is_content_hidden":false,"request":"q","response":"a",
         "turns":[{"role":"user","content":"hi","contexts":[],"tool_calls":null}],"contexts":["c"],"files":[],
         "expected_output":null,"system_prompt":"s","variables":{"Some_Name":"v"},"justification":"j","confidence":0.9,
         "criteria":"k","rendered_prompt":"p","raw_reply":"r",
         "evaluators":[{"execution_id":"01930000-0000-7000-8000-000000000006","name":"e","score":0.5,
           "justification":"x","failure":null,"model":"m","latency_milliseconds":3,"cost_nanodollars":1}],
         "prompt_tokens":12,"completion_tokens":3,"hops":[{"name":"model","milliseconds":9.5}],
         "owner_email":"o@b.c","version_id":null,"request_id":"req",
         "may_tag":true,"may_run_again":false}
        """
}
