import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd {
    /// Getting into the console: with a second factor, and by a browser.
    @Suite struct ConsoleAccessTests {
        @Test func aPersonWithASecondFactorIsAskedForACode() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let api = APIClient(base: ConsoleSteps.server(installation))
            let admin = try await api.post(
                "/internal/session", ["email": "admin@localhost", "password": .string(installation.password)])
            let email = "codes-\(Int.random(in: 100_000...999_999))@example.com"
            let made = try await api.showing("Bearer \(admin.string("token"))").post(
                "/internal/people", ["email": .string(email), "full_name": "C. Odes", "role": "engineer"])
            #expect(made.status == 201, "\(made.text)")
            let recovery = try await enrol(email, made.string("password"), api)

            let terminal = try await TerminalSession(
                in: installation.place,
                environment: [
                    "SCORABLE_CONSOLE_EMAIL": email, "SCORABLE_CONSOLE_PASSWORD": made.string("password"),
                ])
            try await terminal.type(
                "\(BuiltFiles.program("scorable-console")) --server \(ConsoleSteps.server(installation))")
            try await terminal.press("Enter")
            try await terminal.until("The code of your authenticator, or a recovery code.")
            try await terminal.type("000000")
            try await terminal.press("Enter")
            try await terminal.until("The code was not taken")
            // A code of the device is taken once, and its next one is half a minute away.
            try await terminal.type(recovery)
            try await terminal.press("Enter")
            try await terminal.until("Executions", "● live")
            try await terminal.type("0")
            try await terminal.until("2nd factor", "9 recovery codes left")
            try await terminal.close()
        }

        @Test func aBrowserSignsTheConsoleIn() async throws {
            let scene = try await SingleSignOnScene()
            let installation = scene.installation
            let terminal = try await TerminalSession(in: installation.place)
            try await terminal.type(
                "\(BuiltFiles.program("scorable-console")) --sso --server \(ConsoleSteps.server(installation))")
            try await terminal.press("Enter")
            let (screen, _) = try await terminal.until("Waiting for the browser")
            let code = try #require(screen.firstMatch(of: #/[B-Z]{4}-[B-Z]{4}/#)).output
            #expect(screen.contains("▄"), "a camera can read it: \(screen)")

            let other = try await scene.begin()
            let address = other.string("verification_uri_complete").replacing(
                other.string("user_code"), with: String(code))
            let page = try await scene.open(address, ["username=ada", "--press", "Allow"])
            #expect(page.status == 200 && page.text.contains("You are signed in"), "\(page)")
            try await terminal.until("Executions", "● live", "ada@example.org", within: .seconds(30))
            try await terminal.close()
        }

        // MARK: Steps

        /// Sets up a second factor for somebody.
        /// - Returns: a recovery code.
        private func enrol(_ email: String, _ password: String, _ api: APIClient) async throws -> String {
            let session = try await api.post(
                "/internal/session", ["email": .string(email), "password": .string(password)])
            let own = api.showing("Bearer \(session.string("token"))")
            let begun = try await own.post("/internal/profile/second-factor", [:])
            let code = try await ChildProgram.run([
                "/usr/bin/env", "python3", BuiltFiles.client("totp.py"), begun.string("secret"),
            ])
            #expect(code.code == 0, "\(code.output)")
            let confirmed = try await own.send(
                .put, "/internal/profile/second-factor",
                body: JSONWriter.bytes(of: ["code": .string(code.lines.first ?? "")]))
            #expect(confirmed.status == 200, "\(confirmed.text)")
            return try #require(confirmed["codes"]?.arrayValue?.first?.stringValue)
        }
    }
}
