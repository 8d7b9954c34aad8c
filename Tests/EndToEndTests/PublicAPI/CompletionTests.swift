import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Models that are asked as OpenAI's clients do it, and judges that look at their answers.
    @Suite struct CompletionTests {
        @Test func openAIsClientFindsWhatAJudgeSaysBesideTheAnswer() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let judge = try await installation.api.makeJudge(of: [rootEvaluator])
            let name = "Judge of completions \(UUID().uuidString)"
            _ = try await installation.api.patch("/v1/judges/\(judge.string("id"))/", ["name": .string(name)])
            let python = try await PythonEnvironment.publishedClient.path(of: "python")
            let key = String(installation.api.authorization?.split(separator: " ").last ?? "")
            let outcome = try await ChildProgram.run(
                [
                    python, BuiltFiles.client("judged_completions.py"), installation.api.base, key,
                    judge.string("id"), name,
                ], within: .seconds(120))
            #expect(outcome.code == 0, "\(outcome.output)")
            for line in outcome.lines where line.contains(": ") { #expect(line.hasSuffix(": ok"), "\(line)") }
            #expect(outcome.lines.filter { $0.hasSuffix(": ok") }.count == 16, "\(outcome.output)")
        }

        @Test func aStreamedAnswerIsJudgedInTheBackground() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let judge = try await api.makeJudge(of: [rootEvaluator]).string("id")
            let question = "Streamed \(UUID().uuidString)?"
            let reply = try await api.post(
                "/v1/judges/\(judge)/openai/chat/completions/",
                ["model": "root", "stream": true, "messages": [["role": "user", "content": .string(question)]]])
            #expect(reply.text.contains("data: [DONE]"), "\(reply.text)")
            let log = try await eventualValue("the judge's log") {
                let logs = try await api.get("/v1/execution-logs/?judge_id=\(judge)&execution_type=judge")
                return logs.results.first
            }
            #expect(log.value.string("request_preview") == question, "\(log.value)")
            let answers = try await api.get("/v1/execution-logs/?execution_type=proxy&page_size=100")
            #expect(answers.results.contains { $0.string("request_preview") == question })
        }

        @Test func aConversationIsJudgedAsOne() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let judge = try await api.makeJudge(of: [rootEvaluator]).string("id")
            let reply = try await api.post(
                "/v1/judges/\(judge)/openai/chat/completions",
                [
                    "model": "root", "extra_body": ["anything": 1],
                    "messages": [
                        ["role": "system", "content": "Be brief."], ["role": "user", "content": "Hello"],
                        ["role": "assistant", "content": "Hi"], ["role": "user", "content": "Why?"],
                    ],
                ])
            #expect(reply.status == 200, "\(reply.text)")
            let log = try await api.get("/v1/execution-logs/\(reply.string("execution_log_id"))/")
            #expect(log["turns"]?.arrayValue?.count == 4, "three turns and the answer: \(log.text)")
            #expect(log.string("system_prompt") == "Be brief.")
        }

        @Test func theProjectIsNamedInTheHead() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let body: JSONValue = ["model": "root", "messages": [["role": "user", "content": "Hello"]]]
            let path = "/openai/chat/completions"
            let refused = try await api.post(path, body, headers: ["x-project-id": "none"])
            #expect(refused.status == 400 && refused["error"]?.string("code") == "invalid", "\(refused.text)")
            let unknown = try await api.post(path, body, headers: ["x-project-id": unknownID])
            #expect(unknown.status == 400, "\(unknown.text)")
            #expect(try await api.post(path, ["messages": []]).status == 400)
            #expect(try await api.showing(nil).post(path, body).status == 401)
        }

        @Test func aClientOfTheModelContextProtocolFindsAndRunsEvaluators() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let python = try await PythonEnvironment.modelContext.path(of: "python")
            let key = String(installation.api.authorization?.split(separator: " ").last ?? "")
            let outcome = try await ChildProgram.run(
                [python, BuiltFiles.client("model_context.py"), "\(installation.api.base)/mcp", key],
                within: .seconds(60))
            #expect(outcome.code == 0 && outcome.lines.last == "ok", "\(outcome.output)")
        }
    }
}

extension EndToEnd.PublicAPI {
    /// Trying a model before it is added.
    @Suite struct ModelVerificationTests {
        @Test func aModelThatAnswersIsVerifiedAndOneThatDoesNotSaysWhy() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let good = try await api.post("/v1/models/verify/", ["model": "root"])
            #expect(good.status == 200 && good["success"] == true, "\(good.text)")
            #expect(!good.string("response").isEmpty && good["usage"]?["total_tokens"] != nil, "\(good.text)")
            let unknown = try await api.post("/v1/models/verify/", ["model": "nobody/has-this"])
            #expect(unknown.status == 200 && unknown["success"] == false, "\(unknown.text)")
            #expect(!unknown.string("error").isEmpty && unknown.string("model") == "nobody/has-this")
            let away = try await api.post(
                "/v1/models/verify/", ["model": "ollama/llama3", "url": "http://127.0.0.1:9/v1"])
            #expect(away["success"] == false && !away.string("error").isEmpty, "\(away.text)")
            expectProblem(try await api.post("/v1/models/verify/", [:]), 400, "invalid", field: "model")
        }
    }
}
