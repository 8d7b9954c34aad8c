import Testing

@Suite struct PatternRuleTests {
    @Test func everythingIsSeen() {
        let tree = SourceTree.current
        #expect(tree.files(in: "Sources").count > 50, "found no sources below \(tree.root)")
        #expect(tree.files(in: "Tests").contains { $0.path == "Tests/HouseRulesTests/PatternRuleTests.swift" })
        #expect(tree.manifest.targets.count > 20)
    }

    @Test(arguments: PatternRule.all.indices)
    func theSourcesKeepTheRule(index: Int) {
        let rule = PatternRule.all[index]
        let violations = SourceTree.current.files.flatMap(rule.violations)
        #expect(violations.isEmpty, "\(violations.list)")
    }

    /// A rule that sees nothing would always be kept.
    @Test(arguments: PatternRule.all.indices)
    func theRuleTellsBadFromGood(index: Int) {
        let rule = PatternRule.all[index]
        let path = (rule.folders.first ?? "Sources") + "/Example/Example.swift"
        #expect(rule.violations(in: SourceFile(path: path, text: rule.bad)).count == 1, "\(rule.message)")
        #expect(rule.violations(in: SourceFile(path: path, text: rule.good)).isEmpty, "\(rule.message)")
        let excused = rule.bad + "  // ok: a good reason"
        #expect(rule.violations(in: SourceFile(path: path, text: excused)).isEmpty, "\(rule.message)")
    }

    @Test func commentsAndStringsAreNoCode() {
        let text = ##"""
            let a = "try? \(b("try?")) try?"  // try?
            /* try? /* nested */ try? */ let c = #"try? " \#(d)"#
            let e = """
                try? "quoted"
                """
            """##
        let file = SourceFile(path: "Sources/X/X.swift", text: text)
        #expect(file.code.count == file.lines.count)
        #expect(!file.code.joined().contains("try?"))
        #expect(file.code.joined().contains("let c ="))
        #expect(file.code.joined().contains("d)"))
        #expect(file.withoutComments.joined().split(separator: "try?").count > 3)
    }

    @Test func filesAreNotTooLong() {
        let violations = SourceTree.current.files.compactMap { file in
            let limit = file.path.hasPrefix("Tests/") ? 600 : 400
            let count = file.lines.count - (file.lines.last == "" ? 1 : 0)
            return count > limit
                ? Violation(path: file.path, line: limit, rule: "\(count) lines; stop at \(limit)") : nil
        }
        #expect(violations.isEmpty, "\(violations.list)")
    }

    @Test func typesThatCrossATargetAreDocumented() {
        let violations = SourceTree.current.files(in: "Sources").flatMap { file in
            file.code.enumerated().compactMap { index, line -> Violation? in
                guard line.has("package "),
                    line.contains(#/^\s*package (?:final |indirect )*(?:struct|class|enum|actor|protocol)\s/#)
                else { return nil }
                var above = index - 1
                while above >= 0, file.lines[above].contains(#/^\s*@\w+/#) { above -= 1 }
                let isDocumented = above >= 0 && file.lines[above].contains("///")
                return isDocumented ? nil : Violation(path: file.path, line: index + 1, rule: "needs a /// comment")
            }
        }
        #expect(violations.isEmpty, "\(violations.list)")
    }

    @Test func uncheckedSendabilityIsProvenInAComment() {
        let violations = SourceTree.current.files(in: "Sources").flatMap { file in
            file.code.enumerated().compactMap { index, line -> Violation? in
                guard line.has("@unchecked Sendable"), !file.isExcused(line: index + 1) else { return nil }
                var comment = file.lines[index]
                var above = index - 1
                while above >= 0, file.lines[above].contains(#/^\s*(?:\/\/|@\w+)/#) {
                    comment += file.lines[above]
                    above -= 1
                }
                let isProven =
                    comment.split(separator: "//").count > 1 && comment.contains(#/Sendable`|onfined|lock|thread|loop/#)
                return isProven
                    ? nil : Violation(path: file.path, line: index + 1, rule: "say in a comment why this is safe")
            }
        }
        #expect(violations.isEmpty, "\(violations.list)")
    }

    private static let declaring = ["struct ", "class ", "enum ", "actor ", "extension ", "protocol "]

    /// A protocol is for the second real conformer, or refinement.
    @Test func protocolsHaveTwoConformers() {
        let sources = SourceTree.current.files(in: "Sources")
        var conformers: [String: Int] = [:]
        for file in sources {
            for (index, line) in file.code.enumerated() where line.has(":") && Self.declaring.contains(where: line.has)
            {
                // The list may go on until the brace, on lines of its own.
                var head = line
                var next = index + 1
                while !head.has("{"), next < file.code.count, next < index + 4 {
                    head += " " + file.code[next]
                    next += 1
                }
                guard
                    let list = head.firstMatch(
                        of: #/\b(?:struct|class|enum|actor|extension|protocol)\s+[\w.]+(?:<[^>{]*>)?\s*:\s*([^{]+)\{/#)
                else { continue }
                for name in Set(list.1.split { !($0.isLetter || $0.isNumber || $0 == "_") }) {
                    conformers[String(name), default: 0] += 1
                }
            }
        }
        let violations = sources.flatMap { file in
            file.code.enumerated().compactMap { index, line -> Violation? in
                guard line.has("protocol "), let match = line.firstMatch(of: #/\bprotocol\s+(\w+)/#),
                    !file.isExcused(line: index + 1)
                else { return nil }
                let name = String(match.1)
                let count = conformers[name] ?? 0
                return count >= 2
                    ? nil
                    : Violation(path: file.path, line: index + 1, rule: "protocol \(name) has \(count) conformer(s)")
            }
        }
        #expect(violations.isEmpty, "\(violations.list)")
    }
}
