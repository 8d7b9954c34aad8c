internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import JSON
internal import Postgres
internal import Tenancy

extension PublicRoutes {
    /// The Model Context Protocol over streamable HTTP, without sessions: every message is a request of its own, and no
    /// answer has to be kept open. See https://modelcontextprotocol.io/specification.
    func addModelContextProtocol(to routes: inout ProtectedRoutes, release: String) {
        let tools = evaluatorTools + judgeTools + logTools
        let server = MCPServer(tools: tools, release: release, trail: routes.trail, takesNew: routes.takesNew)
        let options = RouteOptions(timeout: Self.generationTimeout)
        routes.on(.post, "/v1/mcp", needs: .organizationRead, leaving: .nothing, options) { context, principal in
            try await server.answer(context, principal)
        }
        for method in [HTTPMethod.get, .delete] {
            // Nothing is sent that was not asked for, and there is no session to end.
            routes.on(method, "/v1/mcp", needs: .organizationRead, leaving: .nothing) { _, _ in
                .bytes(Array("{}".utf8), type: "application/json", status: 405, headers: ["allow": "POST"])
            }
        }
    }
}

/// Answers the messages of clients.
private struct MCPServer: Sendable {
    let tools: [MCPTool]
    /// What this server is a release of.
    let release: String
    let trail: AccessTrail
    let takesNew: @Sendable () -> Bool

    /// The revisions that are spoken, the newest first: what is used of them is the same in all.
    private static let revisions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]

    func answer(_ context: RequestContext, _ principal: Principal) async throws -> Reply {
        let message: MCPMessage
        let body = try await context.body()
        do {
            message = try MCPMessage(try JSONParser.parse(body))
        } catch let failure as MCPMessage.Failure {
            return reply(MCPMessage.error(failure, "This is no message of JSON-RPC 2.0.", to: .null), status: 400)
        } catch {
            return reply(MCPMessage.error(.unreadable, "The body is not JSON.", to: .null), status: 400)
        }
        guard let id = message.id, !message.isNotification else {
            return .bytes([], type: "application/json", status: 202)
        }
        switch message.method {
        case "initialize": return reply(MCPMessage.result(introduction(message.parameters), to: id))
        case "ping": return reply(MCPMessage.result([:], to: id))
        case "tools/list":
            let usable = tools.filter { !principal.reach($0.permission).isNowhere }
            return reply(MCPMessage.result(["tools": .array(usable.map(\.declaration))], to: id))
        case "tools/call": return try await call(message.parameters, id, context, principal)
        default:
            return reply(MCPMessage.error(.unknownMethod, "There is no method \(message.method) here.", to: id))
        }
    }

    private func introduction(_ parameters: JSONValue) -> JSONValue {
        let wanted = parameters["protocolVersion"]?.stringValue
        let revision = wanted.flatMap { Self.revisions.contains($0) ? $0 : nil } ?? Self.revisions[0]
        return [
            "protocolVersion": .string(revision), "capabilities": ["tools": ["listChanged": false]],
            "serverInfo": ["name": "scorable", "title": "Scorable", "version": .string(release)],
            "instructions": """
            Scores answers of language models. List evaluators or judges first, then run one on a request and its \
            response; every score comes with its reason and the identifier of its execution log.
            """,
        ]
    }

    /// What goes wrong inside a tool is an answer too: the model that called it can mend its call.
    private func call(
        _ parameters: JSONValue, _ id: JSONValue, _ context: RequestContext, _ principal: Principal
    ) async throws -> Reply {
        let name = parameters["name"]?.stringValue ?? ""
        guard let tool = tools.first(where: { $0.name == name }) else {
            return reply(MCPMessage.error(.invalidParameters, "There is no tool “\(name)”.", to: id))
        }
        // Not an answer of the tool: no model can mend it.
        if tool.storesMuch, !takesNew() { throw APIProblem.storageFull }
        do {
            let arguments = parameters["arguments"] ?? .object([:])
            let result = try await trail.follow(context, principal, needing: tool.permission, leaving: tool.trace) {
                // In which project is for the operation to ask.
                try principal.requireAnywhere(tool.permission)
                return try await tool.run(
                    MCPTool.Call(context: context, principal: principal, arguments: arguments))
            } reading: { result in
                (true, result["id"]?.stringValue)
            }
            return reply(MCPMessage.result(content(result, isError: false), to: id))
        } catch let error as CancellationError {
            throw error
        } catch let error as PostgresError where error.sqlState == .diskFull {
            throw error
        } catch {
            guard let problem = APIProblem.told(of: error, ClientProblems.mapping) else { throw error }
            let fields = problem.fields.sorted { $0.key < $1.key }.map {
                "\($0.key): \($0.value.joined(separator: " "))"
            }
            let text = ([problem.detail] + fields).joined(separator: "\n")
            return reply(MCPMessage.result(content(["error": .string(text)], isError: true), to: id))
        }
    }

    private func content(_ value: JSONValue, isError: Bool) -> JSONValue {
        [
            "content": [["type": "text", "text": .string(value.description)]], "structuredContent": value,
            "isError": .bool(isError),
        ]
    }

    private func reply(_ value: JSONValue, status: Int = 200) -> Reply {
        .bytes(JSONWriter.bytes(of: value), type: "application/json", status: status)
    }
}
