import APIClient
import FoundationEssentials
import HTTPMessages
import JSON
import Operations
import Records
import Scoring
import Tenancy
import Testing
import WireAPI

/// A role in a project opens the console there, and nothing of other projects.
@Suite struct ProjectRoleTests {
    @Test func executionsAreThoseOfTheProjectHoweverOneAsks() async throws {
        try await OperatorServer.run { server in
            let scene = try await ProjectScene(server, granted: .engineer)
            let (granted, mine, other) = (scene.granted, scene.mine.log, scene.other.log)
            let path = OperatorExecutionPage.path
            for query in [
                "", "?order=oldest", "?order=slowest", "?project=Theirs", "?project_id=\(scene.other.project)",
            ] {
                let listed = try await granted.raw(server, .get, path + query)
                #expect(listed.status == 200 && !listed.text.contains("\(other.id)"), "\(query): \(listed.text)")
                #expect(listed.text.contains("\(mine.id)") != query.contains("project"), "\(query): \(listed.text)")
            }
            let shown = try await granted.raw(server, .get, "\(path)/\(mine.id)")
            #expect(shown.status == 200 && shown.text.contains("secret question"), "\(shown.text)")
            // The other log has the same request.
            let related = try await granted.raw(server, .get, "\(path)/\(mine.id)/related")
            #expect(related.status == 200 && !related.text.contains("\(other.id)"), "\(related.text)")
            #expect(try await granted.raw(server, .get, "\(path)/\(other.id)").status == 404)
            for (log, status) in [(mine, 200), (other, 404)] {
                let tagged = try await granted.raw(
                    server, .post, "\(path)/\(log.id)/tags", #"{"add":["seen"],"remove":[]}"#)
                #expect(tagged.status == status, "\(tagged.text)")
            }
            let untouched = try await scene.owner.raw(server, .get, "\(path)/\(other.id)")
            #expect(!untouched.text.contains("seen"))
        }
    }

    @Test func aPlanIsForWhatLiesWhereOneMay() async throws {
        try await OperatorServer.run { server in
            let scene = try await ProjectScene(server, role: .viewer, granted: .annotator)
            let (mine, other) = (scene.mine.log.id.uuid, scene.other.log.id.uuid)
            let arguments = OperatorPlanDraft.Arguments(tags: ["seen"])
            let found = try await scene.granted.ask(
                .plan(OperatorPlanDraft(.tag, matching: OperatorExecutionFilter(), arguments: arguments)))
            let samples = found.samples.map(\.id)
            #expect(samples.contains(mine) && !samples.contains(other), "they see the other one, and may not tag it")
            let plan = try await scene.granted.ask(
                .plan(OperatorPlanDraft(.tag, ids: [other, mine], arguments: arguments)))
            #expect(plan.count == 1 && plan.samples.map(\.id) == [mine])
            let done = try await scene.granted.carryOut(plan, confirm: "1")
            #expect(done.state == .finished && done.progress.done == 1)
            #expect(try await scene.owner.ask(.execution(mine)).execution.tags == ["seen"])
            #expect(try await scene.owner.ask(.execution(other)).execution.tags.isEmpty)
            // What takes more than they have anywhere.
            let again = OperatorPlanDraft(.runAgain, ids: [mine])
            #expect(try await scene.granted.refusal(.plan(again))?.status == 403)
        }
    }

    @Test func theConsoleIsToldWhatIsToBeDoneThere() async throws {
        try await OperatorServer.run { server in
            let scene = try await ProjectScene(server, granted: .engineer)
            let told = try await scene.granted.raw(server, .get, OperatorSignIn.path)
            for permission in [Permission.evaluatorUpdate, .executionLogRead, .datasetDelete, .auditRead] {
                #expect(told.text.contains("\"\(permission.rawValue)\""), "\(told.text)")
            }
            for permission in [Permission.projectCreate, .modelCreate, .apiKeyCreate, .judgePublish] {
                #expect(!told.text.contains("\"\(permission.rawValue)\""), "\(told.text)")
            }
        }
    }

    @Test func whoRunsTheProjectSeesNoContent() async throws {
        try await OperatorServer.run { server in
            let scene = try await ProjectScene(server, granted: .operator)
            let shown = try await scene.granted.raw(
                server, .get, "\(OperatorExecutionPage.path)/\(scene.mine.log.id)")
            #expect(shown.status == 200 && !shown.text.contains("secret"), "\(shown.text)")
        }
    }

    @Test func itemsAreThoseOfTheProjectAndTheBuiltInOnes() async throws {
        try await OperatorServer.run { server in
            let scene = try await ProjectScene(server, granted: .engineer)
            let path = OperatorItemKind.evaluator.path
            let own = try await scene.granted.raw(server, .get, path + "?origin=own")
            #expect(own.text.contains("Ours") && !own.text.contains("Theirs"), "\(own.text)")
            let preset = try await scene.granted.raw(server, .get, path + "?origin=preset")
            let first = try JSONParser.parse(preset.text)["results"]?.arrayValue?.first
            let builtIn = try #require(first?["id"]?.stringValue)
            #expect(try await scene.granted.raw(server, .get, "\(path)/\(builtIn)").status == 200)
            #expect(try await scene.granted.raw(server, .delete, "\(path)/\(builtIn)").status == 403)
        }
    }

    @Test func documentsAreSavedWhereOneMay() async throws {
        try await OperatorServer.run { server in
            let scene = try await ProjectScene(server, granted: .engineer)
            func submit(in project: String?, to id: EvaluatorID? = nil) async throws -> RawAnswer {
                let place = project.map { "project: \($0)\n" } ?? ""
                let submission = OperatorDocumentSubmission(
                    text:
                        "kind: evaluator\nname: Short\n\(place)intent: To be short.\ncriteria: Is {{response}} short?\n",
                    dryRun: false, id: id?.uuid, expectedVersionID: nil, changeNote: nil)
                return try await scene.granted.raw(
                    server, .post, OperatorItemKind.evaluator.path + "/documents",
                    String(decoding: JSONCodec.encode(submission), as: UTF8.self))
            }
            let made = try await submit(in: "Ours")
            #expect(made.status == 200 && made.text.contains(#""problems":[]"#), "\(made.text)")
            for project in ["Theirs", nil] {
                let refused = try await submit(in: project)
                #expect(refused.status == 403, "\(refused.text)")
            }
            #expect(try await submit(in: nil, to: scene.other.evaluator.id).status == 404)
            #expect(try await submit(in: "Theirs", to: scene.mine.evaluator.id).status == 403, "nothing is moved out")
        }
    }

    @Test func datasetsAreMadeAndFilledInTheProject() async throws {
        try await OperatorServer.run { server in
            let scene = try await ProjectScene(server, granted: .annotator)
            func make(_ draft: OperatorDatasetDraft) async throws -> Int {
                try await scene.granted.raw(
                    server, .post, OperatorDataset.path, String(decoding: JSONCodec.encode(draft), as: UTF8.self)
                ).status
            }
            let file = #"{"response":"Yes"}"#
            #expect(
                try await make(OperatorDatasetDraft(name: "Mine", text: file, projectID: scene.mine.project.uuid))
                    == 201)
            #expect(
                try await make(OperatorDatasetDraft(name: "No", text: file, projectID: scene.other.project.uuid)) == 403
            )
            #expect(try await make(OperatorDatasetDraft(name: "No", text: file)) == 403)
            #expect(try await make(OperatorDatasetDraft(name: nil, datasetID: scene.mine.dataset, text: file)) == 200)
            #expect(try await make(OperatorDatasetDraft(name: nil, datasetID: scene.other.dataset, text: file)) == 404)
        }
    }

    @Test func theStreamTellsOfTheProjectAloneAndEndsWithTheRole() async throws {
        try await OperatorServer.run { server in
            let scene = try await ProjectScene(server, granted: .engineer)
            let feed = try await scene.granted.client.events(after: nil, token: scene.granted.token)
            let all = try await scene.owner.client.events(after: nil, token: scene.owner.token)
            for things in [scene.other, scene.mine] {
                server.events.publish(
                    .executionFinished(OperatorExecutionRow(things.log)), to: scene.tenant.organization)
                _ = try await server.product.tags.change(
                    things.log.id, adding: ["told"], removing: [], for: scene.tenant.principal())
                var draft = EvaluatorDraft()
                draft.name = "\(things.evaluator.name) anew"
                _ = try await server.product.evaluators.update(
                    things.evaluator.id, draft, for: scene.tenant.principal())
            }
            func told(_ feed: APIClient.EventFeed) async throws -> (executions: [UUID], tagged: [UUID], names: [String])
            {
                var (executions, tagged, names): ([UUID], [UUID], [String]) = ([], [], [])
                while names.last != "Ours anew" {
                    for element in try await feed.next() {
                        switch element.event {
                        case .executionFinished(let row): executions.append(row.id)
                        case .executionsTagged(let tagging): tagged += tagging.ids
                        case .catalogueChanged(let change) where change.subject.kind == .evaluator:
                            names.append(change.subject.name ?? "")
                        case .catalogueChanged, .queuesChanged, .noticed, .serverTime, .gap: continue
                        }
                    }
                }
                return (executions, tagged, names)
            }
            let (mine, other) = (scene.mine.log.id.uuid, scene.other.log.id.uuid)
            let seen = try await told(feed)
            #expect(seen.executions == [mine] && seen.tagged == [mine] && seen.names == ["Ours anew"])
            let whole = try await told(all)
            #expect(whole.executions == [other, mine] && whole.tagged == [other, mine])

            try await scene.revoke()
            await #expect(throws: APIFailure.self) {
                while true { _ = try await feed.next() }
            }
            #expect(try await scene.granted.raw(server, .get, OperatorEvent.path).status == 403)
        }
    }
}
