import Foundation
import JSON
import Testing

extension EndToEnd {
    /// An identity provider keeps people: the published conformance tester of SCIM, unmodified, with a key that the
    /// administrator has made.
    @Suite(
        .enabled("scim2-tester cannot be installed: is PyPI reachable?") { await PythonEnvironment.scimTester.isThere })
    struct ProvisioningTests {
        /// How one check of the tester ended.
        struct Check: Sendable {
            let title: String
            let resource: String
            let status: String
            let reason: String
        }

        /// Every check, over one run.
        private static let checks = Task {
            let installation = try await PrivateInstallation.demonstration()
            let account = try await installation.scorable("service-account", "create", "SCIM", "--role", "admin")
            try #require(account.code == 0, "\(account.output)")
            let made = try await installation.scorable(
                "key", "create", "scim", "--service-account", "SCIM", "--scope", "user:provision", "--json")
            let key = try #require(made.output.firstMatch(of: #/sk_[0-9A-Za-z]{49}/#), "\(made.output)")
            let python = try await PythonEnvironment.scimTester.path(of: "python")
            let outcome = try await ChildProgram.run(
                [
                    python, BuiltFiles.client("scim_client.py"),
                    "http://127.0.0.1:\(installation.port(8000))/scim/v2", String(key.output),
                ], within: .seconds(180))
            let checks = try outcome.lines.filter { $0.hasPrefix("{") }.map { line in
                let check = try JSONCodec.decode(JSONValue.self, from: Array(line.utf8))
                return Check(
                    title: check.string("title"), resource: check.string("resource"),
                    status: check.string("status"), reason: check.string("reason"))
            }
            return (checks, outcome.output)
        }

        @Test func theTesterFindsNoFault() async throws {
            let (checks, output) = try await Self.checks.value
            let faults = checks.filter { ["ERROR", "CRITICAL", "DEVIATION"].contains($0.status) }
            #expect(
                faults.isEmpty, "\(faults.map { "\($0.resource) \($0.title): \($0.reason)" }.joined(separator: "\n"))")
            #expect(checks.count { $0.status == "SUCCESS" } > 50, "\(output)")
        }

        @Test(arguments: ["User", "Group"])
        func everyOperationIsTried(resource: String) async throws {
            let passed = Set(
                try await Self.checks.value.0.filter { $0.resource == resource && $0.status == "SUCCESS" }.map(\.title))
            for title in [
                "object_creation", "object_query", "object_query_without_id", "object_query_with_attributes",
                "object_list_with_attributes", "search_with_attributes", "object_replacement", "object_deletion",
                "check_add_attribute", "check_remove_attribute", "check_replace_attribute",
            ] {
                #expect(passed.contains(title), "\(title)")
            }
        }
    }
}
