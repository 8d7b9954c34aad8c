import Foundation
import HTTPMessages
import JSON
import Testing
import WireAPI

extension EndToEnd {
    /// Webhooks of an installation, to a receiver in another language that checks them with the library of the standard.
    @Suite struct WebhookTests {
        private struct Heard: Decodable {
            let signed: Bool
            let id: String?
            let type: String?
        }

        private func heard(_ receiver: ChildProgram) throws -> [Heard] {
            try receiver.written.split(separator: "\n").dropFirst().map {
                try JSONDecoder().decode(Heard.self, from: Data($0.utf8))
            }
        }

        @Test func everythingArrivesSignedAndHasOneEffectAlthoughTheWorkerIsKilled() async throws {
            // A receiver on this machine is nothing that webhooks reach by themselves.
            let installation = try await PrivateInstallation(
                environment: ["SCORABLE_LLMPROXYD_WEBHOOK_HOSTS": "127.0.0.1"])
            let python = try await PythonEnvironment.standardWebhooks.path(of: "python")
            let receiver = try await ChildProgram.start([
                python, BuiltFiles.client("webhook_receiver.py"), "3", "10",
            ])
            let port = try await eventualValue("the receiver listens: \(receiver.written)") {
                receiver.written.contains("\n") ? Int(receiver.written.prefix { $0 != "\n" }) : nil
            }.value
            let url = "http://127.0.0.1:\(port)/hook"
            let added = try await installation.scorable("webhook", "add", url, "--description", "gate", "--json")
            #expect(added.code == 0, "\(added.output)")
            let made = try JSONCodec.decode(OperatorWebhookSecret.self, from: Array(added.output.utf8))
            let told = try await APIClient(base: "http://127.0.0.1:\(port)").send(
                .post, "/secrets", body: Array(made.secret.utf8))
            #expect(told.status == 204)

            let count = 30
            _ = try await installation.query(
                """
                SELECT announce_event(organization_id, NULL, 'export.finished', jsonb_build_object('n', n))
                FROM webhook_endpoints, generate_series(1, \(count)) AS n
                """)
            try await eventually("some arrive") { try heard(receiver).count > 2 }
            try #require(try installation.program("workerd")).kill()
            try await eventually("all arrive: \(receiver.written)", within: .seconds(120)) {
                Set(try heard(receiver).compactMap(\.id)).count == count
            }
            #expect(try heard(receiver).allSatisfy { $0.signed && $0.type == "export.finished" })
            try await eventually("all are known to be delivered", within: .seconds(60)) {
                try await installation.query("SELECT DISTINCT state FROM webhook_deliveries") == ["delivered"]
            }
            let test = try await installation.scorable("webhook", "test", "gate")
            #expect(test.code == 0 && test.output.contains("It was taken (200)."), "\(test.output)")
            let list = try await installation.scorable("webhook", "deliveries", "gate", "--limit", "5")
            #expect(list.lines.count == 6 && list.output.contains("export.finished"), "\(list.output)")
            try expectSecret(made.secret, isNowhereIn: installation)
        }

        /// No daemon has logged it.
        private func expectSecret(_ secret: String, isNowhereIn installation: PrivateInstallation) throws {
            let folder = "\(installation.place.state)/log"
            for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
                let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
                #expect(!text.contains(secret) && !text.contains(secret.dropFirst(6)), "\(file)")
            }
        }
    }
}
