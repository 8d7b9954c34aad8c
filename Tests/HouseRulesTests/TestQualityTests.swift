import Testing

/// Tests that could not fail are worse than none.
@Suite struct TestQualityTests {
    private let files = SourceTree.current.files(in: "Tests").filter { !$0.path.hasPrefix("Tests/TestSupport/") }

    /// A test function with its lines.
    private struct TestFunction {
        let name: String
        let line: Int
        let body: String
    }

    private static func functions(in file: SourceFile) -> [TestFunction] {
        guard file.mayContain("@Test") else { return [] }
        var found: [TestFunction] = []
        var index = 0
        while index < file.code.count {
            guard file.code[index].has("@Test"), file.code[index].contains(#/^\s*@Test\b/#) else {
                index += 1
                continue
            }
            let start = index
            var depth = 0
            var hasBegun = false
            var body = ""
            repeat {
                body += file.code[index] + "\n"
                // Arguments of @Test hold braces as well; the function's own come after `func`.
                if hasBegun || body.contains("func ") {
                    for character in file.code[index] {
                        if character == "{" { (depth, hasBegun) = (depth + 1, true) }
                        if character == "}" { depth -= 1 }
                    }
                }
                index += 1
            } while index < file.code.count && !(hasBegun && depth <= 0)
            let name = body.firstMatch(of: #/func\s+(\w+|`[^`]+`)/#).map { String($0.1) } ?? "?"
            found.append(TestFunction(name: name, line: start + 1, body: body))
        }
        return found
    }

    private static let expecting = ["#expect", "#require", "Issue.record", "confirmation("]

    /// The names of functions that are no tests and expect something: a test that calls one expects something, too.
    private func helpers(of files: [SourceFile]) -> [String: Set<String>] {
        var helpers: [String: Set<String>] = [:]
        for file in files {
            var current: String?
            for line in file.code {
                if line.has("func "), let match = line.firstMatch(of: #/func\s+(\w+)/#) { current = String(match.1) }
                if line.has("#expect") || line.has("#require") || line.has("Issue.record"), let current {
                    helpers[file.module, default: []].insert(current)
                }
            }
        }
        return helpers
    }

    @Test func everyTestExpectsSomething() {
        let helpersOfModules = helpers(of: files)
        let violations = files.flatMap { file in
            let helpers = helpersOfModules[file.module] ?? []
            return Self.functions(in: file).compactMap { test -> Violation? in
                // A helper that expects is named so.
                let expects =
                    Self.expecting.contains(where: test.body.has) || helpers.contains { test.body.has($0 + "(") }
                return expects ? nil : Violation(path: file.path, line: test.line, rule: "\(test.name) expects nothing")
            }
        }
        #expect(violations.isEmpty, "\(violations.list)")
    }

    @Test func noTestIsSwitchedOffOrEmpty() {
        let violations = files.filter { !$0.path.hasPrefix("Tests/HouseRulesTests/") }.flatMap { file in
            file.code.enumerated().compactMap { index, line -> Violation? in
                guard line.has("("), line.contains(#/\.disabled\(|\.enabled\(if:|#expect\(true\)|withKnownIssue/#),
                    !file.isExcused(line: index + 1)
                else { return nil }
                return Violation(
                    path: file.path, line: index + 1,
                    rule: "a test is not switched off; add `// ok: reason` if it must be")
            }
        }
        #expect(violations.isEmpty, "\(violations.list)")
    }

    @Test func testsWaitForSignalsNotForTime() {
        let violations = files.filter { !$0.path.hasPrefix("Tests/HouseRulesTests/") }.flatMap { file in
            file.code.enumerated().compactMap { index, line -> Violation? in
                guard line.has("sleep("), line.contains(#/Task\.sleep\(for: \.seconds|[^.\w]sleep\(\d/#),
                    !file.isExcused(line: index + 1)
                else { return nil }
                return Violation(path: file.path, line: index + 1, rule: "poll with a deadline instead of sleeping")
            }
        }
        #expect(violations.isEmpty, "\(violations.list)")
    }

    @Test func aTestWithoutExpectationIsFound() {
        let text = """
            @Test func a() { f() }
            @Test(arguments: [{ 1 }, { 2 }])
            func b(x: Int) {
                #expect(x == 1)
            }
            """
        let tests = Self.functions(in: SourceFile(path: "Tests/X/X.swift", text: text))
        #expect(tests.map(\.name) == ["a", "b"])
        #expect(tests.map { $0.body.contains("#expect") } == [false, true])
    }
}
