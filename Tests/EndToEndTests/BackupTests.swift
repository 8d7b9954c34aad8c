import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// `scorable backup` and `scorable restore`: what was there before a moment comes back where nothing is.
    @Suite struct BackupTests {
        @Test func aMomentComesBackOnAnEmptyHost() async throws {
            let elsewhere = try TemporaryPlace()
            let (kept, key) = ("\(elsewhere.path)/kept", "\(elsewhere.path)/recovery.pem")
            let made = try await PrivateInstallation.scorable(["backup", "keys", "--out", key])
            #expect(made.code == 0, "\(made.output)")
            let recipient = try #require(made.output.firstMatch(of: #/recipients: \["([^"]+)"\]/#)?.1)
            let again = try await PrivateInstallation.scorable(["backup", "keys", "--out", key])
            #expect(again.code == 1 && again.output.contains("never overwritten"), "\(again.output)")
            let installation = try await PrivateInstallation(environment: [
                "SCORABLE_BACKUP_TO": kept, "SCORABLE_BACKUP_RECIPIENTS": String(recipient),
            ])
            let settings = [
                "SCORABLE_BACKUP_TO": kept, "SCORABLE_BACKUP_RECIPIENTS": String(recipient),
                "SCORABLE_STATE": installation.place.state,
            ]
            func backup(_ arguments: String...) async throws -> ChildProgram.Outcome {
                try await PrivateInstallation.scorable(
                    ["backup"] + arguments, environment: .clean.merging(settings) { $1 }, within: .seconds(180))
            }
            try await eventually("the first backup is made", within: patience(.seconds(20)), every: .milliseconds(200))
            {
                try await backup("list").lines.count == 2
            }
            // The first one may still be at its end.
            try await eventually("another one is made", within: patience(.seconds(10)), every: .milliseconds(200)) {
                try await backup("create", "--quiet").code == 0
            }
            let verified = try await backup("verify", "--key-file", key, "--quiet")
            #expect(verified.code == 0 && verified.output.contains("is whole"), "\(verified.output)")
            let drill = try await backup("drill", "--key-file", key, "--quiet")
            #expect(drill.code == 0 && drill.output.contains("(RTO)"), "\(drill.output)")

            _ = try await installation.query(
                "CREATE TABLE kept (n int); INSERT INTO kept SELECT generate_series(1, 100)")
            let moment = try #require(
                try await installation.query(
                    "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                ).first)
            _ = try await installation.query("INSERT INTO kept SELECT generate_series(101, 200)")
            let secrets = "\(elsewhere.path)/secrets"
            try FileManager.default.copyItem(atPath: "\(installation.place.state)/secrets", toPath: secrets)
            // The last of the log is archived when the server ends.
            let down = try await installation.scorable("down", within: .seconds(120))
            #expect(down.code == 0, "\(down.output)")
            try FileManager.default.removeItem(atPath: installation.place.state)

            func restore(_ arguments: String..., to state: String) async throws -> ChildProgram.Outcome {
                try await PrivateInstallation.scorable(
                    ["restore", "--from", kept, "--secrets", secrets, "--state", state, "--quiet"] + arguments,
                    within: .seconds(180))
            }
            let state = "\(elsewhere.path)/restored"
            let unreadable = try await restore(to: state)
            #expect(unreadable.code == 1 && unreadable.output.contains("--key-file"), "\(unreadable.output)")
            let late = try await restore("--key-file", key, "--at", "2999-01-01T00:00:00Z", to: state)
            #expect(late.code == 1 && late.output.contains("does not reach that moment"), "\(late.output)")
            #expect(!FileManager.default.fileExists(atPath: state), "half an installation would be taken for one")
            // Only the database, as where PostgreSQL is not Scorable's own, on a host where nothing is set.
            let nothing = "\(elsewhere.path)/nothing.yaml"
            try "".write(toFile: nothing, atomically: true, encoding: .utf8)
            func restoreData(_ arguments: String...) async throws -> ChildProgram.Outcome {
                try await PrivateInstallation.scorable(
                    ["restore", "--from", kept, "--key-file", key, "--quiet"] + arguments,
                    environment: .clean.adding(["SCORABLE_CONFIG": nothing]), within: .seconds(180))
            }
            let data = "\(elsewhere.path)/data"
            let beyond = try await restoreData("--at", "2999-01-01T00:00:00Z", "--into", data)
            #expect(beyond.code == 1 && beyond.output.contains("does not reach that moment"), "\(beyond.output)")
            #expect(!FileManager.default.fileExists(atPath: data), "half a database would be taken for one")
            let settingsThen = "\(elsewhere.path)/scorable.yaml"
            let laid = try await restoreData("--at", moment, "--into", data, "--settings", settingsThen)
            #expect(laid.code == 0 && laid.output.contains("(not set here)"), "\(laid.output)")
            #expect(try String(contentsOfFile: settingsThen, encoding: .utf8).contains("database"))
            #expect(
                FileManager.default.fileExists(atPath: "\(data)/pg_wal/archive_status/00000002.history.ready"),
                "where the new timeline began is archived, so that the log can be followed")

            let restored = try await restore("--key-file", key, "--at", moment, to: state)
            #expect(restored.code == 0, "\(restored.output)")
            let up = try await PrivateInstallation.scorable(["up", "--state", state], within: .seconds(150))
            #expect(up.code == 0 && !up.output.contains("Password"), "\(up.output)")
            let rows = try await ChildProgram.run(
                [
                    "/usr/bin/psql", "-h", "\(state)/run", "-U", "scorable", "-d", "scorable", "-XqAt", "-c",
                    "SELECT count(*), max(n) FROM kept",
                ])
            #expect(rows.lines == ["100|100"], "\(rows.output)")
            let client = APIClient(
                base: "http://127.0.0.1:\(installation.port(8000))", authorization: "Api-Key \(installation.apiKey)")
            #expect(try await client.get("/v1/projects/").status == 200, "keys are what they were")
            _ = try await PrivateInstallation.scorable(["down", "--state", state], within: .seconds(120))
        }
    }
}
