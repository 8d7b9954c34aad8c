import CVTerm
import Terminal
import Testing

extension ProcessWideTests {
    /// What pictures of a live list cost on a link, to the byte: 120 columns and 40 rows, full of text.
    @Suite(.serialized) struct ByteBudgetTests {
        init() { cvt_use_utf8() }

        private static let size = Size(columns: 120, rows: 40)
        private static let names = [
            "Helpfulness", "Truthfulness of the answer", "Support quality", "Politeness", "Prüfung — Länge",
        ]

        /// A list of which row `newest` stands on top, with the cursor on a row of the screen.
        private static func picture(newest: Int, cursor: Int, second: Int = 0, changed: Set<Int> = []) -> Frame {
            var frame = Frame(size: size, charset: .unicode)
            frame.fill(0, Style(.plain, on: .bar))
            frame.put(" scorable  PROD eu-1  ● live 1.2s  rtt 38ms", 0, 0, Style(.strong, on: .bar))
            frame.put("12:04:\(10 + second)Z", 0, endingAt: 119, Style(.quiet, on: .bar))
            frame.put("Executions  all", 1, 1, Style(.quiet))
            frame.put("TIME       TYPE        NAME", 2, 2, Style(.faint))
            for row in 0..<36 {
                put(newest - row, row + 3, row == cursor, changed.contains(row), into: &frame)
            }
            frame.fill(39, Style(.plain, on: .bar))
            frame.put(" Enter open  / filter  ? help  q leave", 39, 0, Style(.quiet, on: .bar))
            return frame
        }

        private static func put(
            _ number: Int, _ row: Int, _ isSelected: Bool, _ isChanged: Bool, into frame: inout Frame
        ) {
            let ground: Ground = isSelected ? .selection : .page
            if isSelected { frame.fill(row, Style(.plain, on: .selection)) }
            func put(_ text: String, _ column: Int, _ ink: Ink) {
                frame.put(text, row, column, Style(isSelected ? .plain : ink, on: ground))
            }
            put("12:\(10 + number % 50):\(10 + number * 7 % 50)", 2, .quiet)
            put(number % 3 == 0 ? "judge" : "evaluator", 13, number % 3 == 0 ? .accent : .plain)
            put(names[number % 5], 25, .plain)
            put("0.\(10 + (number * 37 + (isChanged ? 5 : 0)) % 90) ■■■■■", 57, number % 4 == 0 ? .bad : .good)
            put("gpt-4o-mini", 72, .quiet)
            put("\(number % 9).\(number % 10) s   $0.00\(number % 10)", 88, .plain)
            put("prod eu", 107, .quiet)
        }

        private static func screen(_ isDirect: Bool) throws -> CursesScreen {
            try #require(CursesScreen(type: "xterm-256color", size: size, isDirect: isDirect))
        }

        @Test(arguments: [false, true])
        func aWholePicture(_ isDirect: Bool) throws {
            let screen = try Self.screen(isDirect)
            #expect(screen.draw(Self.picture(newest: 900, cursor: 0)).count <= 8000)
            #expect(screen.draw(Self.picture(newest: 900, cursor: 0)).isEmpty)
        }

        @Test(arguments: [false, true])
        func aStepOfTheCursor(_ isDirect: Bool) throws {
            let screen = try Self.screen(isDirect)
            _ = screen.draw(Self.picture(newest: 900, cursor: 0))
            for cursor in 1..<36 {
                #expect(screen.draw(Self.picture(newest: 900, cursor: cursor)).count <= 400)
            }
        }

        @Test(arguments: [false, true])
        func newRowsMoveTheOthers(_ isDirect: Bool) throws {
            let screen = try Self.screen(isDirect)
            _ = screen.draw(Self.picture(newest: 900, cursor: 0))
            // A row of a hundred characters, and the row that was lit.
            for newest in 901..<930 {
                #expect(screen.draw(Self.picture(newest: newest, cursor: 0)).count <= 420)
            }
            // Far less than five rows and one to paint anew.
            #expect(screen.draw(Self.picture(newest: 934, cursor: 0)).count <= 1150)
        }

        @Test(arguments: [false, true])
        func aClockAndAFewNumbers(_ isDirect: Bool) throws {
            let screen = try Self.screen(isDirect)
            _ = screen.draw(Self.picture(newest: 900, cursor: 0))
            #expect(screen.draw(Self.picture(newest: 900, cursor: 0, second: 1)).count <= 40)
            let changed = screen.draw(Self.picture(newest: 900, cursor: 0, second: 1, changed: [3, 9, 14, 20, 31]))
            #expect(changed.count <= 250)
        }
    }
}
