import FoundationEssentials
import HTTPMessages
import JSON
import Operations
import Postgres
import Tenancy
import Testing

/// A role in a project adds to the one in the organisation, there and nowhere else.
@Suite struct ProjectGrantTests {
    @Test func whatLiesInTheProjectIsTheirsToChange() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server)
            let (mine, other) = (
                try await scene.evaluator(in: scene.mine, named: "Mine"),
                try await scene.evaluator(in: scene.other, named: "Other")
            )
            let granted = scene.granted
            #expect(try await granted.send(.patch, "/v1/evaluators/\(mine)/", ["name": "Mine too"]).status == 200)
            #expect(
                try await granted.send(.post, "/v1/evaluators/execute/\(mine)/", ["response": "x"]).status == 200)
            // Elsewhere they may look, as their role in the organisation says.
            #expect(try await granted.get("/v1/evaluators/\(other)/").status == 200)
            for path in ["/v1/evaluators/\(other)/", "/v1/evaluators/\(UUID())/", "/v1/evaluators/none/"] {
                #expect(try await granted.send(.patch, path, ["name": "x"]).status == 403, "\(path)")
                #expect(try await granted.send(.delete, path).status == 403, "\(path)")
            }
            #expect(
                try await granted.send(.post, "/v1/evaluators/execute/\(other)/", ["response": "x"]).status == 403)
            #expect(try await granted.send(.delete, "/v1/evaluators/\(mine)/").status == 204)
            #expect(try await scene.owner.get("/v1/evaluators/\(other)/")["name"] == "Other")
        }
    }

    @Test func whoAnnotatesInAProjectLabelsWhatLiesThereAndNothingElse() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server, role: .auditor, granted: .annotator)
            var items: [String] = []
            for project in [scene.mine, scene.other] {
                let dataset = try await scene.owner.make(
                    "/v1/datasets/", ["name": "Answers", "project_id": .string(project)])
                items.append(try await scene.owner.make("/v1/datasets/\(dataset)/items/", ["response": "Yes"]))
            }
            func label(_ item: String) -> JSONValue { ["dataset_item": .string(item), "value": 0.5] }
            let own = try await scene.granted.make("/v1/annotations/", label(items[0]))
            #expect(try await scene.granted.send(.post, "/v1/annotations/", label(items[1])).status == 400)
            let other = try await scene.owner.make("/v1/annotations/", label(items[1]))

            let listed = try await scene.granted.get("/v1/annotations/")
            #expect(listed.results.compactMap { $0["id"]?.stringValue } == [own])
            #expect(try await scene.granted.get("/v1/annotations/\(other)/").status == 404)
            for (annotation, status) in [(own, 200), (other, 404)] {
                let changed = try await scene.granted.send(.patch, "/v1/annotations/\(annotation)/", ["value": 1])
                #expect(changed.status == status, "\(changed.text)")
            }
            #expect(try await scene.granted.send(.delete, "/v1/annotations/\(other)/").status == 404)
            #expect(try await scene.granted.get("/v1/score-configs/").status == 200, "scales lie in no project")
            #expect(try await scene.granted.send(.post, "/v1/score-configs/", ["name": "Mine"]).status == 403)
        }
    }

    @Test func aBuiltInEvaluatorIsExecutedWhereTheirRoleAllowsIt() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server, role: .auditor, granted: .engineer)
            let row = try await server.database.query(
                "SELECT id FROM evaluators WHERE is_root AND name = 'Conciseness'"
            ).first
            let id = try #require(try row?.decode("id", as: UUID.self)).uuidString.lowercased()
            #expect(try await scene.granted.get("/v1/evaluators/\(id)/").status == 200)
            func execute(in project: String) async throws -> Int {
                try await scene.granted.send(
                    .post, "/v1/evaluators/execute/\(id)/", ["response": "Yes", "project_id": .string(project)]
                ).status
            }
            #expect(try await execute(in: scene.mine) == 200)
            #expect(try await execute(in: scene.other) == 403)
            #expect(try await scene.granted.send(.delete, "/v1/evaluators/\(id)/").status == 403)
        }
    }

    @Test func whoRunsAProjectDeletesItAndMakesNoOther() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server, role: .viewer, granted: .admin)
            #expect(try await scene.granted.send(.post, "/v1/projects/", ["name": "Another"]).status == 403)
            #expect(try await scene.granted.send(.delete, "/v1/projects/\(scene.other)/").status == 403)
            #expect(try await scene.granted.send(.delete, "/v1/projects/\(scene.mine)/").status == 204)
            #expect(try await scene.owner.get("/v1/projects/\(scene.mine)/").status == 404)
        }
    }

    @Test func runsOfOtherProjectsAreNeitherTakenNorSeen() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server, role: .auditor)
            for project in [scene.mine, scene.other] {
                let dataset = try await scene.owner.make(
                    "/v1/datasets/", ["name": "Answers", "project_id": .string(project)])
                let item = try await scene.owner.make("/v1/datasets/\(dataset)/items/", ["response": "Yes"])
                _ = try await scene.owner.make("/v1/annotations/", ["dataset_item": .string(item), "value": 0.5])
                _ = try await scene.owner.make(
                    "/v1/calibration-runs/",
                    [
                        "definition": ["scoring_criteria": "Rate {{response}}", "model": "root"],
                        "source": ["type": "dataset", "dataset_id": .string(dataset)], "comparison_group": "drafts",
                    ])
            }
            let runs = try await scene.granted.get("/v1/calibration-runs/?comparison_group=drafts")
            #expect(runs.results.count == 1, "\(runs.text)")
            let evaluator = try await scene.evaluator(in: scene.mine, named: "Of drafts")
            let attached = try await scene.granted.send(
                .post, "/v1/calibration-runs/attach/",
                ["comparison_groups": ["drafts"], "evaluator_external_id": .string(evaluator)])
            #expect(attached.status == 200 && attached["attached"] == 1, "\(attached.text)")
            let others = try await scene.owner.get("/v1/calibration-runs/?comparison_group=drafts")
            let free = others.results.filter {
                $0["evaluator_external_id"] == .null || $0["evaluator_external_id"] == nil
            }
            #expect(free.count == 1, "\(others.text)")
            let compared = try await scene.granted.get("/v1/calibration-runs/comparison/?comparison_group=drafts")
            #expect(compared.status == 200, "\(compared.text)")
        }
    }

    @Test func filtersOfTracesAreSeenByWhatTheyEvaluateByAndChangedForAllProjects() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server, role: .auditor)
            var filters: [String] = []
            for project in [scene.mine, scene.other] {
                let evaluator = try await scene.evaluator(in: project, named: "Of traces")
                filters.append(
                    try await scene.owner.make(
                        "/v1/otel/evaluation-filters/", ["name": "All", "evaluator_id": .string(evaluator)]))
            }
            let seen = try await scene.granted.get("/v1/otel/evaluation-filters/")
            #expect(seen.text.contains(filters[0]) && !seen.text.contains(filters[1]), "\(seen.text)")
            for (filter, status) in zip(filters, [200, 404]) {
                let path = "/v1/otel/evaluation-filters/\(filter)/"
                #expect(try await scene.granted.get(path).status == status)
                #expect(try await scene.granted.send(.patch, path, ["name": "Mine"]).status == 403)
            }
        }
    }

    @Test func whatIsMadeInTheProjectIsTheirsToMake() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server)
            func make(_ project: String?) async throws -> Int {
                try await scene.granted.send(
                    .post, "/v1/evaluators/", ProjectScene.evaluator(in: project, named: "New \(project ?? "")")
                ).status
            }
            #expect(try await make(scene.mine) == 201)
            #expect(try await make(scene.other) == 403)
            #expect(try await make(nil) == 403)
            let judge: JSONValue = ["name": "New", "intent": "x", "project_id": .string(scene.mine)]
            #expect(try await scene.granted.send(.post, "/v1/judges/", judge).status == 201)
            let dataset: JSONValue = ["name": "New", "project_id": .string(scene.mine)]
            let made = try await scene.granted.send(.post, "/v1/datasets/", dataset)
            #expect(made.status == 201)
            #expect(
                try await scene.granted.send(.post, "/v1/datasets/\(made.id)/items/", ["response": "x"]).status == 201)
        }
    }

    @Test func nothingIsMovedOutOfTheProject() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server)
            let mine = try await scene.evaluator(in: scene.mine, named: "Mine")
            let path = "/v1/evaluators/\(mine)/"
            #expect(
                try await scene.granted.send(.patch, path, ["project_id": .string(scene.other)]).status == 403)
            // A member that stands there twice, and a body of another kind.
            for members in [
                #"{"project_id":"\#(scene.other)","project_id":"\#(scene.mine)"}"#,
                #"{"project_id":"\#(scene.mine)","project_id":"\#(scene.other)"}"#, "project_id=\(scene.other)",
            ] {
                let type = members.hasPrefix("{") ? "application/json" : "application/x-www-form-urlencoded"
                _ = try await server.send(
                    .patch, path, Array(members.utf8),
                    ["authorization": scene.granted.authorization, "content-type": type], replica: 0)
                #expect(try await scene.owner.get(path)["project_id"] == .string(scene.mine), "\(members)")
            }
        }
    }

    @Test func theProjectItselfIsTheirsToNameAndNotToMakeTheDefault() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server)
            let (mine, other) = ("/v1/projects/\(scene.mine)/", "/v1/projects/\(scene.other)/")
            #expect(try await scene.granted.send(.patch, mine, ["name": "Renamed"]).status == 200)
            #expect(try await scene.granted.send(.patch, mine, ["is_default": true]).status == 403)
            #expect(try await scene.granted.send(.patch, other, ["name": "Renamed too"]).status == 403)
            #expect(try await scene.granted.send(.delete, mine).status == 403)
        }
    }

    @Test func aRoleThatSeesNothingElseSeesItsProject() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server, role: .auditor, granted: .viewer)
            let (mine, other) = (
                try await scene.evaluator(in: scene.mine, named: "Mine"),
                try await scene.evaluator(in: scene.other, named: "Other")
            )
            #expect(try await scene.granted.get("/v1/evaluators/\(mine)/").status == 200)
            #expect(try await scene.granted.get("/v1/evaluators/\(other)/").status == 403)
            let seen = try await scene.granted.get("/v1/evaluators/?page_size=100")
            #expect(seen.text.contains("\"Mine\"") && !seen.text.contains("\"Other\""), "\(seen.text)")
            #expect(try await scene.granted.send(.patch, "/v1/evaluators/\(mine)/", ["name": "x"]).status == 403)
            let theirs = try await server.caller().make(
                "/v1/evaluators/", ProjectScene.evaluator(in: nil, named: "Of another organisation"))
            #expect(try await scene.granted.get("/v1/evaluators/\(theirs)/").status == 403)
        }
    }

    @Test func aGrantThatIsTakenAwayIsGone() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server)
            let path = "/v1/evaluators/\(try await scene.evaluator(in: scene.mine, named: "Mine"))/"
            #expect(try await scene.granted.send(.patch, path, ["name": "One"]).status == 200)
            try await server.database.execute(
                "DELETE FROM project_grants WHERE user_id = \(scene.granted.principal.user.id)")
            await server.product.changes.announce(.access)
            #expect(try await scene.granted.send(.patch, path, ["name": "Two"]).status == 403)
        }
    }

    @Test func aKeysScopesBoundTheGrantToo() async throws {
        try await PublicServer.run { server in
            let scene = try await ProjectScene(server)
            let path = "/v1/evaluators/\(try await scene.evaluator(in: scene.mine, named: "Mine"))/"
            let key = APIKeyID(try #require(scene.granted.keyID))
            try await server.database.execute(
                "UPDATE api_keys SET scopes = ARRAY['evaluator:read'] WHERE id = \(key)")
            await server.product.changes.announce(.access)
            #expect(try await scene.granted.get(path).status == 200)
            #expect(try await scene.granted.send(.patch, path, ["name": "Two"]).status == 403)
        }
    }
}

extension Caller {
    /// The identifier of the key that they show.
    fileprivate var keyID: String? {
        guard case .apiKey(let id) = principal.credential else { return nil }
        return id.description
    }
}
