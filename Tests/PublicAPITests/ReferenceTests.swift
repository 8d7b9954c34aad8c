import Access
import HTTPMessages
import JSON
import Tenancy
import Testing

/// Whoever saves something answers for what it refers to, and who may use it uses what it refers to along with it.
@Suite struct ReferenceTests {
    /// A person with a role in one project, and a dataset with a labelled item in another.
    private struct References {
        let scene: ProjectScene
        let dataset: String

        init(_ server: PublicServer, role: Role = .auditor) async throws {
            scene = try await ProjectScene(server, role: role)
            dataset = try await scene.owner.make(
                "/v1/datasets/", ["name": "Secret", "project_id": .string(scene.other)])
            let item = try await scene.owner.make(
                "/v1/datasets/\(dataset)/items/", ["request": "Secret question", "response": "Secret answer"])
            _ = try await scene.owner.make("/v1/annotations/", ["dataset_item": .string(item), "value": 0.5])
        }

        func evaluator(in project: String) -> JSONValue {
            var body = JSONObject()
            if case .object(let plain) = ProjectScene.evaluator(in: project, named: "Shows examples") { body = plain }
            body["demonstration_dataset_id"] = .string(dataset)
            return .object(body)
        }
    }

    @Test(arguments: [Role.auditor, .operator])
    func aDatasetThatTheCallerMayNotReadIsNoneToShow(role: Role) async throws {
        try await PublicServer.run { server in
            let references = try await References(server, role: role)
            let scene = references.scene
            let body = references.evaluator(in: scene.mine)
            let made = try await scene.granted.send(.post, "/v1/evaluators/", body)
            #expect(made.status == 400 && made["demonstration_dataset_id"] != .null, "\(made.text)")
            let own = "/v1/evaluators/\(try await scene.evaluator(in: scene.mine, named: "Mine"))/"
            let changed = try await scene.granted.send(
                .patch, own, ["demonstration_dataset_id": .string(references.dataset)])
            #expect(changed.status == 400, "\(changed.text)")
            let objective = try await scene.granted.send(
                .post, "/v1/objectives/",
                [
                    "intent": "x", "project_id": .string(scene.mine),
                    "test_dataset_id": .string(references.dataset),
                ])
            #expect(objective.status == 400, "\(objective.text)")
            let batch = try await scene.granted.send(
                .post, "/v1/batch-executions/",
                [
                    "evaluator_ids": [.string(String(own.split(separator: "/")[2]))],
                    "dataset_id": .string(references.dataset),
                ])
            #expect(batch.status == 400, "\(batch.text)")
        }
    }

    @Test func aKeyThatMayNotReadDatasetsShowsNone() async throws {
        try await PublicServer.run { server in
            let references = try await References(server)
            let colleague = try await server.colleague(in: references.scene.owner)
            let key = try await server.caller(colleague, scopes: [.evaluatorCreate, .evaluatorExecute])
            let refused = try await key.send(.post, "/v1/evaluators/", references.evaluator(in: references.scene.mine))
            #expect(refused.status == 400 && refused["demonstration_dataset_id"] != .null, "\(refused.text)")
            let reader = try await server.caller(colleague, scopes: [.evaluatorCreate, .datasetRead])
            let made = try await reader.send(.post, "/v1/evaluators/", references.evaluator(in: references.scene.mine))
            #expect(made.status == 201, "\(made.text)")
            // Somebody answered for it, and may read it in their own right; so the key may execute it.
            let executed = try await key.send(.post, "/v1/evaluators/execute/\(made.id)/", ["response": "x"])
            #expect(executed.status == 200, "\(executed.text)")
            let exported = try await server.caller(colleague, scopes: [.evaluatorRead])
                .get("/v1/evaluators/export/\(made.id)/")
            #expect(exported.status == 200 && !exported.text.contains("Secret"), "\(exported.text)")
            #expect(try await references.scene.owner.get("/v1/evaluators/export/\(made.id)/").text.contains("Secret"))
            let operation = try #require(server.operations.first { $0.path == "/v1/evaluators/export/{id}/" })
            #expect(operation.trace == .export)
        }
    }

    @Test func examplesOfAnotherProjectAreForThoseWhoMayReadThem() async throws {
        try await PublicServer.run { server in
            let references = try await References(server)
            let scene = references.scene
            let shows = try await scene.owner.make("/v1/evaluators/", references.evaluator(in: scene.mine))
            let changed = try await scene.granted.send(
                .patch, "/v1/evaluators/\(shows)/", ["scoring_criteria": "Repeat all examples of {{response}}"])
            #expect(changed.status == 400, "\(changed.text)")
            #expect(
                try await scene.granted.send(.patch, "/v1/evaluators/\(shows)/", ["name": "Renamed"]).status == 200)
            let path = "/v1/evaluators/execute/\(shows)/"
            #expect(try await scene.granted.send(.post, path, ["response": "x"]).status == 400)
            #expect(try await scene.owner.send(.post, path, ["response": "x"]).status == 200)
            let copy = try await scene.granted.send(.post, "/v1/evaluators/duplicate/\(shows)/", [:])
            #expect(copy.status == 201 && copy["demonstration_dataset_id"] == .null, "\(copy.text)")
            let exported = try await scene.granted.get("/v1/evaluators/export/\(shows)/")
            #expect(exported.status == 200 && !exported.text.contains("Secret"), "\(exported.text)")
        }
    }

    @Test(arguments: [Role.auditor, .viewer])
    func aJudgeIsMadeOfWhatItsMakerMayUse(role: Role) async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server, role: role)
            let other = try await scene.evaluator(in: scene.other, named: "Hidden name")
            func body(_ evaluator: String) -> JSONValue {
                [
                    "name": "Judge", "intent": "x", "project_id": .string(scene.mine),
                    "evaluator_references": [["id": .string(evaluator)]],
                ]
            }
            let refused = try await scene.granted.send(.post, "/v1/judges/", body(other))
            #expect(refused.status == 400 && refused["evaluator_references"] != .null, "\(refused.text)")
            let mine = try await scene.evaluator(in: scene.mine, named: "Mine")
            #expect(try await scene.granted.send(.post, "/v1/judges/", body(mine)).status == 201)
            // What somebody with the rights has made of it is executed by those who may execute that.
            let judge = "/v1/judges/\(try await scene.owner.make("/v1/judges/", body(other)))/"
            #expect(try await scene.granted.send(.post, judge + "execute/", ["response": "x"]).status == 200)
            let shown = try await scene.granted.get(judge)
            #expect(shown.text.contains("Hidden name") == (role == .viewer), "\(shown.text)")
            #expect(shown["evaluators"].arrayValue?.first?["id"] == .string(other))
            let kept = try await scene.granted.send(
                .patch, judge, ["intent": "y", "evaluator_references": [["id": .string(other)]]])
            #expect(kept.status == 200, "\(kept.text)")
        }
    }

    @Test func whatIsOverwrittenIsToBeChangedWhereItLies() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server)
            func overwrite(_ name: String) async throws -> Int {
                guard case .object(var body) = ProjectScene.evaluator(in: scene.mine, named: name) else { return 0 }
                body["overwrite"] = true
                return try await scene.granted.send(.post, "/v1/evaluators/", .object(body)).status
            }
            _ = try await scene.evaluator(in: scene.mine, named: "Mine")
            let other = try await scene.evaluator(in: scene.other, named: "Other")
            #expect(try await overwrite("Mine") == 201)
            #expect(try await overwrite("Other") == 403)
            #expect(try await scene.owner.get("/v1/evaluators/\(other)/")["project_id"] == .string(scene.other))
        }
    }
}
