import HTTPMessages
import JSON
import Postgres
import Tenancy
import Testing
import WireAPI

/// Pictures in the conversations of clients of OpenAI: the judge of the answer is shown what the model was shown, or says that
/// it cannot be.
@Suite struct JudgedPictureTests {
    private static let pixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    private static let address = JSONValue.string("data:image/png;base64,\(pixel)")

    /// A judge of one evaluator.
    private func judge(_ caller: Caller) async throws -> String {
        let evaluator = try await caller.make(
            "/v1/evaluators/",
            ["name": "Sees", "scoring_criteria": "Is {{response}} right?", "objective": ["intent": "To see."]])
        return try await caller.make(
            "/v1/judges/",
            ["name": "Judge", "intent": "To judge.", "evaluator_references": [["id": .string(evaluator)]]])
    }

    private func chat(_ model: String, _ part: JSONValue) -> JSONValue {
        [
            "model": .string(model),
            "messages": [["role": "user", "content": [["type": "text", "text": "What is this?"], part]]],
        ]
    }

    private func picture(_ address: JSONValue) -> JSONValue {
        ["type": "image_url", "image_url": ["url": address]]
    }

    private func expectPixel(beside answer: String, _ server: PublicServer) {
        let files = server.evaluations.files(beside: answer)
        #expect(files.map(\.mediaType) == ["image/png"])
        #expect(files.first?.base64 == Self.pixel)
    }

    @Test func theJudgeOfAChatIsShownItsPictures() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let judge = try await judge(caller)
            let model = "chat-\(server.identifiers.uuid())"
            // The same picture twice is one.
            let body: JSONValue = [
                "model": .string(model),
                "messages": [
                    [
                        "role": "user",
                        "content": [
                            ["type": "text", "text": "What is this?"], picture(Self.address), picture(Self.address),
                        ],
                    ]
                ],
            ]
            let answer = try await caller.send(.post, "/v1/judges/\(judge)/openai/chat/completions", body)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer["evaluator_results"].arrayValue?.count == 1)
            expectPixel(beside: CountedModels.answer(of: model), server)
            let log = try await caller.get("/v1/execution-logs/\(answer["execution_log_id"].stringValue ?? "")/")
            #expect(log["files"].arrayValue?.count == 1, "\(log.text)")
        }
    }

    @Test func theJudgeOfAResponseIsShownItsPictures() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let judge = try await judge(caller)
            let model = "response-\(server.identifiers.uuid())"
            let body: JSONValue = [
                "model": .string(model),
                "input": [
                    [
                        "role": "user",
                        "content": [
                            ["type": "input_text", "text": "What is this?"],
                            ["type": "input_image", "image_url": Self.address],
                        ],
                    ]
                ],
            ]
            let answer = try await caller.send(.post, "/v1/judges/\(judge)/openai/responses", body)
            #expect(answer.status == 200, "\(answer.text)")
            expectPixel(beside: CountedModels.answer(of: model), server)
        }
    }

    @Test func theJudgeThatLooksLaterFindsThePicturesThen() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let judge = try await judge(caller)
            let path = "/v1/judges/\(judge)/openai/chat/completions"
            let body = chat("later-\(server.identifiers.uuid())", picture(Self.address))
            let later = try await caller.send(.post, path + "?async_judge=true", body)
            #expect(later.status == 200, "\(later.text)")
            var streamed = try #require(body.objectValue)
            streamed["stream"] = true
            let stream = try await caller.send(.post, path, .object(streamed))
            #expect(stream.status == 200 && stream.text.contains("[DONE]"), "\(stream.text)")
            let rows = try await server.database.query(
                """
                SELECT count(*) AS count FROM batch_items i JOIN batches b ON b.id = i.batch_id JOIN files f
                    ON i.file_ids = ARRAY[f.id]
                WHERE b.organization_id = \(caller.principal.organizationID) AND f.media_type = 'image/png'
                """)
            #expect(try rows.first?.decode("count", as: Int.self) == 2)
        }
    }

    @Test func whatAJudgeCannotBeShownIsRefusedBeforeTheModelIsAsked() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let judge = try await judge(caller)
            let gif = JSONValue.string("data:image/gif;base64,R0lGODlhAQABAAAAACw=")
            let parts: [(JSONValue, says: String)] = [
                (picture("https://example.com/cat.png"), "file_ids"), (picture(gif), "PNG, JPEG, WebP"),
                (picture("data:image/png;base64,?"), "base64"),
                (["type": "input_audio", "input_audio": ["data": "AAAA", "format": "wav"]], "hear"),
                (["type": "file", "file": ["file_id": "file-1"]], "file_ids"),
                (["type": "video_url", "video_url": ["url": "https://example.com/cat.mp4"]], "neither"),
            ]
            for (part, says) in parts {
                let model = "refused-\(server.identifiers.uuid())"
                for end in ["openai", "refine/openai"] {
                    let answer = try await caller.send(
                        .post, "/v1/judges/\(judge)/\(end)/chat/completions", chat(model, part))
                    #expect(answer.status == 400, "\(answer.text)")
                    #expect(answer["error"]["param"]?.stringValue == "messages", "\(answer.text)")
                    #expect(answer["error"]["message"]?.stringValue?.contains(says) == true, "\(answer.text)")
                }
                #expect(server.models.calls(of: model) == 0)
                // Without a judge it is the model's business alone.
                let plain = try await caller.send(.post, "/v1/openai/chat/completions", chat(model, part))
                #expect(plain.status == 200 && server.models.calls(of: model) == 1, "\(plain.text)")
            }
        }
    }

    @Test func whoMayNotKeepFilesCannotShowPictures() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller(without: .fileCreate)
            let judge = try await judge(caller)
            let model = "kept-\(server.identifiers.uuid())"
            let path = "/v1/judges/\(judge)/openai/chat/completions"
            let answer = try await caller.send(.post, path, chat(model, picture(Self.address)))
            #expect(answer.status == 403, "\(answer.text)")
            #expect(server.models.calls(of: model) == 0)
            let words = try await caller.send(.post, path, chat(model, ["type": "text", "text": "Say it."]))
            #expect(words.status == 200, "\(words.text)")
            let rows = try await server.database.query(
                """
                SELECT count(*) AS count FROM files WHERE organization_id = \(caller.principal.organizationID)
                """)
            #expect(try rows.first?.decode("count", as: Int.self) == 0)
        }
    }

    @Test func moreThanAJudgeLooksAtIsRefused() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let judge = try await judge(caller)
            let model = "many-\(server.identifiers.uuid())"
            let body: JSONValue = [
                "model": .string(model),
                "messages": [
                    ["role": "user", "content": .array(Array(repeating: picture(Self.address), count: 21))]
                ],
            ]
            let answer = try await caller.send(.post, "/v1/judges/\(judge)/openai/chat/completions", body)
            #expect(answer.status == 400 && answer["error"]["param"]?.stringValue == "messages", "\(answer.text)")
            #expect(server.models.calls(of: model) == 0)
        }
    }
}
