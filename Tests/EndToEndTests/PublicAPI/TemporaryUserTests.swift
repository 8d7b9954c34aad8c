import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Trying the product without an account, and judges that pass into other hands.
    @Suite struct TemporaryUserTests {
        /// An installation that lets everybody in.
        private static let open = Task {
            try await PrivateInstallation(environment: [
                "SCORABLE_APID_TEMPORARY_USERS_ENABLED": "true", "SCORABLE_APID_TEMPORARY_USERS_PER_HOUR": "4",
                "SCORABLE_APID_TEMPORARY_USERS_LIFETIME": "1h",
            ])
        }
        private static let intent = "A support bot answers questions about refunds politely and truthfully."

        private func visitor(_ installation: PrivateInstallation) async throws -> APIClient {
            let stranger = installation.api.showing(nil)
            let made = try await stranger.send(.post, "/create-demo-user/")
            #expect(made.status == 201, "\(made.text)")
            let key = made.string("api_key")
            #expect(key.hasPrefix("sk_") && !made.string("api_token").isEmpty, "\(made.text)")
            #expect(made.headers["cache-control"] == "no-store")
            return stranger.showing("Api-Key \(key)")
        }

        @Test func nobodyGetsInWithoutAnAccountUnlessItIsAllowed() async throws {
            let api = try await PrivateInstallation.demonstration().api.showing(nil)
            let refused = try await api.send(.post, "/create-demo-user/")
            expectProblem(refused, 403, "permission_denied")
            #expect(refused.string("detail").contains("administrator"), "\(refused.text)")
        }

        /// One after the other: they share what may be made in an hour.
        @Test func aVisitorsJudgeBecomesSomebodys() async throws {
            let installation = try await Self.open.value
            let visitor = try await visitor(installation)
            let made = try await visitor.post(
                "/v1/judges/generate/", ["intent": .string(Self.intent), "visibility": "private"])
            #expect(made.status == 201, "\(made.text)")
            let id = made.string("judge_id")
            let token = made.string("claim_token")
            #expect(UUID(uuidString: token) != nil, "\(made.text)")
            #expect(made.headers["cache-control"] == "no-store")
            let own = try await visitor.makeEvaluator(named: "A visitor's")
            let changed = try await visitor.patch(
                "/v1/judges/\(id)/", ["evaluator_references": [["id": .string(own.string("id"))]]])
            #expect(changed.status == 200, "\(changed.text)")
            try await whatAVisitorMayNotDo(visitor, token)

            let api = installation.api
            expectProblem(try await api.get("/v1/judges/\(id)/"), 404, "not_found")
            let claimed = try await api.post("/v1/judges/claim/", ["claim_token": .string(token)])
            #expect(claimed.status == 200 && claimed.string("id") == id, "\(claimed.text)")
            #expect(claimed["evaluators"]?.arrayValue?.map { $0.string("id") } == [own.string("id")])
            let executed = try await api.post("/v1/judges/\(id)/execute/", ["response": "With pleasure."])
            #expect(executed.status == 200, "\(executed.text)")
            let mine = try await api.patch("/v1/evaluators/\(own.string("id"))/", ["name": "Mine now"])
            #expect(mine["owner"]?.string("email") == "admin@localhost", "\(mine.text)")
            expectProblem(try await visitor.get("/v1/judges/\(id)/"), 404, "not_found")
            expectProblem(
                try await api.post("/v1/judges/claim/", ["claim_token": .string(token)]), 404, "not_found")
            expectProblem(
                try await api.post("/v1/judges/claim/", ["claim_token": "no token"]), 400, "invalid",
                field: "claim_token")

            for _ in 1...3 { _ = try await self.visitor(installation) }
            let tooMany = try await api.showing(nil).send(.post, "/create-demo-user/")
            expectProblem(tooMany, 429, "throttled")
            #expect(tooMany.headers["retry-after"] != nil)
            try await visitorsGoWithAllThatIsTheirs(installation, keeping: id)
        }

        private func whatAVisitorMayNotDo(_ visitor: APIClient, _ token: String) async throws {
            expectProblem(
                try await visitor.post("/v1/models/", ["name": "mine", "url": "http://127.0.0.1:1/"]), 403,
                "permission_denied")
            expectProblem(try await visitor.post("/v1/projects/", ["name": "Mine"]), 403, "permission_denied")
            expectProblem(
                try await visitor.post("/v1/judges/", ["name": "Ad", "intent": "To show", "visibility": "global"]),
                403, "permission_denied")
            expectProblem(
                try await visitor.post("/v1/judges/claim/", ["claim_token": .string(token)]), 403,
                "permission_denied")
        }

        private func visitorsGoWithAllThatIsTheirs(
            _ installation: PrivateInstallation, keeping judge: String
        ) async throws {
            _ = try await installation.query(
                """
                UPDATE temporary_users SET expires_at = now() - interval '2 hours';
                UPDATE schedules SET next_run_at = now() WHERE name = 'temporary users';
                """)
            _ = try await eventualValue("the visitors are gone", within: .seconds(60)) {
                try await installation.query("SELECT count(*) FROM temporary_users") == ["0"] ? true : nil
            }
            #expect(
                try await installation.query("SELECT count(*) FROM users WHERE email LIKE '%temporary.invalid'") == [
                    "0"
                ])
            #expect(try await installation.api.get("/v1/judges/\(judge)/").status == 200)
        }

        @Test func aJudgeIsShownToWhoeverHasTheLink() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let judge = try await api.makeJudge(of: [rootEvaluator])
            let path = "/v1/judges/\(judge.string("id"))/"
            let invited = try await api.post(
                path + "invite/",
                [
                    "emails": ["ada@example.com", "grace@example.com", "ADA@example.com"],
                    "judge_url": "https://example.com/judge",
                ])
            #expect(invited.status == 200, "\(invited.text)")
            let invitations = invited["invitations"]?.arrayValue ?? []
            #expect(invitations.map { $0.string("email") } == ["ada@example.com", "grace@example.com"])
            #expect(invited.string("detail").contains("mail"))
            let stranger = api.showing(nil)
            let link = try #require(invitations.first?.string("link"))
            #expect(link.hasPrefix(api.base), "\(link)")
            let shown = try await stranger.get(String(link.dropFirst(api.base.count)))
            #expect(shown.status == 200 && shown.string("id") == judge.string("id"), "\(shown.text)")
            #expect(shown["project_id"] == .null)
            expectProblem(try await stranger.get("/v1/judges/shared/?token=nothing"), 404, "not_found")
            expectProblem(try await stranger.get(path), 401, "not_authenticated")
            #expect(try await api.delete(path).status == 204)
            expectProblem(try await stranger.get(String(link.dropFirst(api.base.count))), 404, "not_found")
        }

        @Test func invitationsThatCannotBeAreRefused() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let path = "/v1/judges/\(try await api.makeJudge(of: [rootEvaluator]).string("id"))/invite/"
            func refused(_ emails: [String], _ url: String, field: String) async throws {
                let body: JSONValue = [
                    "emails": .array(emails.map(JSONValue.string)), "judge_url": .string(url),
                ]
                expectProblem(try await api.post(path, body), 400, "invalid", field: field)
            }
            try await refused([], "https://example.com", field: "emails")
            try await refused((1...11).map { "someone\($0)@example.com" }, "https://example.com", field: "emails")
            try await refused(["nobody"], "https://example.com", field: "emails")
            try await refused(["ada@example.com"], "not a link", field: "judge_url")
            expectProblem(try await api.post(path, ["emails": ["a@example.com"]]), 400, "invalid", field: "judge_url")
            expectProblem(
                try await api.post(
                    "/v1/judges/\(unknownID)/invite/", ["emails": ["a@example.com"], "judge_url": "https://x.example"]),
                404, "not_found")
        }
    }
}
