import Screens
import Terminal
import Testing

/// Charts as text, at sizes from nothing to large.
struct ChartTests {
    /// A quiet night, a gap while nothing was measured, a busy morning.
    private static let load: [Double?] = (0..<60).map { minute -> Double? in
        if minute < 10 { return 0 }
        if (30..<36).contains(minute) { return nil }
        let value: Int = (minute * 37) % 50 + minute * 15
        return Double(value)
    }
    private static let bars: [BarChart.Bar] = [
        .init("08:00", [0, 0]), .init("09:00", [40, 5]), .init("10:00", [80, 1]), .init("11:00", nil),
        .init("12:00", [200, 25]), .init("13:00", [280, 135]),
    ]
    private static let reasons: [HorizontalBars.Row] = [
        .init("timeout", 42, .bad), .init("rate limited by the provider", 17), .init("invalid", 1), .init("none", 0),
        .init("not known", .nan), .init("other", 6),
    ]

    private static func timeChart(_ values: [Double?] = load) -> TimeChart {
        TimeChart(
            values: values, part: values.map { $0.map { $0 / 6 } }, caption: "executions/min, last 60 min",
            label: { Formats.compact($0) }, start: "11:04", end: "12:04", marks: [ChartMark(at: 0.8, "deploy")])
    }

    private static func lineChart(_ values: [Double?] = load) -> LineChart {
        LineChart(
            [
                ChartSeries("p50", values, .series1), ChartSeries("p95", values.map { $0.map { $0 * 2 } }, .series2),
            ], caption: "ms, last 60 min", label: { Formats.compact($0) }, start: "11:04", end: "12:04")
    }

    private static func barChart(_ arrangement: BarChart.Arrangement, _ bars: [BarChart.Bar] = bars) -> BarChart {
        BarChart(
            bars, kinds: [.init("ok", .good), .init("failed", .bad)], arrangement, caption: "executions/h, today",
            label: { Formats.compact($0) })
    }

    /// Draws into a picture that has a margin, which must stay empty.
    private static func picture(
        _ columns: Int, _ rows: Int, _ charset: Charset = .unicode, _ draw: (inout Frame, Area) -> Void
    ) -> String {
        var frame = Frame(size: Size(columns: columns + 2, rows: rows + 2), charset: charset)
        draw(&frame, Area(rows: 1..<1 + rows, columns: 1..<1 + columns))
        let text = frame.text
        #expect(text.first == "" && text.last == "", "nothing is drawn above or below")
        #expect(text.allSatisfy { ($0.first ?? " ") == " " && $0.columns <= columns + 1 }, "or beside")
        if charset == .ascii { #expect(text.allSatisfy { $0.utf8.allSatisfy { $0 < 0x7F } }) }
        return text.dropFirst().dropLast().map { String($0.dropFirst()) }.joined(separator: "\n")
    }

    @Test func timeChart() {
        let unicode = Self.picture(44, 7) { Self.timeChart().draw(into: &$0, $1) }
        #expect(
            unicode == """
                executions/min, last 60 min   max 918  min 0
                 1k                                 ┊   ⣀⣀⣀⣤
                                              ⣀⣀⣀⣤⣤⣴⣶⣶⣿⣿⣿⣿⣿⣿
                500                   ⣀⣀    ⣶⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
                             ⣀⣀⣤⣤⣴⣶⣶⣿⣿⣿⣿    ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
                  0 ⣀⣀⣀⣀⣀⣀⣀⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿    ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
                    11:04                              12:04
                """)
        let ascii = Self.picture(44, 7, .ascii) { Self.timeChart().draw(into: &$0, $1) }
        #expect(
            ascii == """
                executions/min, last 60 min   max 918  min 0
                 1k                                 :      #
                                                   #########
                500                         ################
                                 #######    ################
                  0 .......#############    ##xxxxxxxxxxxxxx
                    11:04                              12:04
                """)
    }

    @Test func lineChart() {
        let unicode = Self.picture(44, 8) { Self.lineChart().draw(into: &$0, $1) }
        #expect(
            unicode == """
                ms, last 60 min              max 1.8k  min 0
                2k                                      ⣀⣀⣀⠤
                                              ⣀⣀⡠⠤⠤⠔⠒⠒⠉⠉
                1k                 ⢀⣀⡠⠤⠄    ⠉⠉        ⣀⣀⣀⣀⣀⠤
                           ⢀⣀⣀⠤⠤⠤⠒⠊⢁⣀⣀⣀⡀    ⠤⠤⠒⠒⠊⠉⠉⠉⠉⠉
                 0 ⣀⣀⣀⣀⣀⣀⣀⠟⠓⠒⠒⠉⠉⠉⠉⠉⠁
                   11:04                               12:04
                   ━ p50  ━ p95
                """)
        let ascii = Self.picture(44, 8, .ascii) { Self.lineChart().draw(into: &$0, $1) }
        #expect(
            ascii == """
                ms, last 60 min              max 1.8k  min 0
                2k                                         o
                                              ooooooooooooo
                1k                  oooo    oo        ******
                          oooo**********    **********
                 0 ***********
                   11:04                               12:04
                   * p50  o p95
                """)
    }

    @Test func barChart() {
        let stacked = Self.picture(46, 8) { Self.barChart(.stacked).draw(into: &$0, $1) }
        #expect(
            stacked == """
                executions/h, today             max 415  min 0
                500
                                                       ▒▒▒▒▒▒
                250                                    ██████
                                                ██████ ██████
                  0 ▁▁▁▁▁▁ ██████ ██████        ██████ ██████
                    08:00  09:00  10:00  11:00  12:00  13:00
                    █ ok  ▒ failed
                """)
        let grouped = Self.picture(46, 8, .ascii) { Self.barChart(.grouped).draw(into: &$0, $1) }
        #expect(
            grouped == """
                executions/h, today             max 280  min 0
                500

                250                                    ###
                                                ###    ###
                  0 ______ ###xxx ###xxx        ###xxx ###xxx
                    08:00  09:00  10:00  11:00  12:00  13:00
                    # ok  x failed
                """)
    }

    @Test func horizontalBars() {
        let bars = HorizontalBars(Self.reasons, total: 66, label: { Formats.compact($0) })
        let unicode = Self.picture(40, 5) { bars.draw(into: &$0, $1) }
        #expect(
            unicode == """
                timeout          ■■■■■■■■■■■■■■ 42   64%
                rate limited by… ■■■■■■         17   26%
                invalid          ■               1  1.5%
                none                             0  0.0%
                and 2 more: 6
                """)
        let ascii = Self.picture(24, 6, .ascii) { bars.draw(into: &$0, $1) }
        #expect(
            ascii == """
                timeout  ###### 42   64%
                rate li. ##     17   26%
                invalid  #       1  1.5%
                none             0  0.0%
                not kno.               -
                other    #       6  9.1%
                """)
        #expect(Self.picture(20, 2) { HorizontalBars([], label: { "\($0)" }).draw(into: &$0, $1) } == "none\n")
    }

    @Test func scoreHistogram() {
        let histogram = ScoreHistogram(bins: [0, 3, 1, 0, 20, 44, 80, 120, 60, 2])
        #expect(
            Self.picture(44, 5) { histogram.draw(into: &$0, $1) } == """
                120                             ███
                                            ▅▅▅ ███
                                        ▃▃▃ ███ ███ ███
                  0 ▁▁▁ ▂▂▂ ▂▂▂ ▁▁▁ ▅▅▅ ███ ███ ███ ███ ▂▂▂
                    0.0                0.5               1.0
                """)
        #expect(
            Self.picture(44, 5, .ascii) { histogram.draw(into: &$0, $1) } == """
                120                             ###
                                                ###
                                            ### ### ###
                  0 ... ### ### ... ### ### ### ### ### ###
                    0.0                0.5               1.0
                """)
    }

    @Test(
        arguments: [
            (0.52, "[■■■■■■■■■■■■■············] 52% of 1,204"), (1.3, "[■■■■■■■■■■■■■■■■■■■■■■■■] 130% of 1,204"),
            (nil, "[···················] not known of 1,204"), (0.999, "[■■■■■■■■■■■■■■■■■■■■■■■·] >99% of 1,204"),
            (0.0001, "[■······················] <0.1% of 1,204"), (.nan, "[···················] not known of 1,204"),
            (0, "[··························] 0% of 1,204"), (-3, "[··························] 0% of 1,204"),
        ] as [(Double?, String)])
    func gauge(_ share: Double?, _ expected: String) {
        let text = Self.picture(40, 1) {
            Gauge(share, note: "of 1,204").draw(into: &$0, $1.rows.lowerBound, $1.columns)
        }
        #expect(text == expected)
    }

    @Test func sparkline() {
        let values: [Double?] = [0, 0.01, nil, 4, 8, .nan, -3]
        #expect(Sparkline.text(values, width: 10, .unicode) == "▁▂ ▅█ ▁")
        #expect(Sparkline.text(values, width: 10, .ascii) == ".: +# .")
        #expect(Sparkline.text(values, width: 10, .unicode, maximum: 80) == "▁▂ ▂▂ ▁")
        #expect(Sparkline.text([1, 1, 1], width: 10, .unicode) == "███")
        #expect(Sparkline.text([0, 0], width: 10, .unicode) == "▁▁")
        #expect(Sparkline.text([nil, nil], width: 10, .unicode) == "  ")
        #expect(Sparkline.text([5], width: 1, .ascii) == "#")
        #expect(Sparkline.text([], width: 10, .unicode) == "" && Sparkline.text([1], width: 0, .unicode) == "")
        #expect(Sparkline.text([0, 1, 2, 3, 4, nil, nil, 4], width: 4, .unicode, .double) == "⣀⣴⡇⢸")
        #expect(Sparkline.text(Self.load, width: 20, .unicode, .double).count == 20)
        #expect(Sparkline.text(Self.load, width: 20, .ascii, .double) == Sparkline.text(Self.load, width: 20, .ascii))
    }

    // MARK: What there is too little or too much of

    private static let odd: [[Double?]] = [
        [], [nil], [.nan], [0], [5], [5, 5, 5], [.infinity, 1], [-4, 4], [1e300, 1], [1e-300, 0], [nil, 3, nil],
        (0..<5000).map { Double($0) },
    ]

    @Test(arguments: [Charset.unicode, .ascii])
    func everySizeAndEverySeriesIsDrawnInItsPlace(_ charset: Charset) {
        for values in Self.odd {
            for (columns, rows) in [
                (0, 0), (1, 1), (3, 2), (7, 3), (9, 1), (1, 9), (12, 4), (30, 6), (90, 20), (200, 3),
            ] {
                for draw: (inout Frame, Area) -> Void in [
                    { Self.timeChart(values).draw(into: &$0, $1) }, { Self.lineChart(values).draw(into: &$0, $1) },
                    { Self.barChart(.stacked, values.map { .init("x", $0.map { [$0, 1] }) }).draw(into: &$0, $1) },
                    { Self.barChart(.grouped, values.map { .init("x", $0.map { [$0, 1] }) }).draw(into: &$0, $1) },
                    {
                        HorizontalBars(values.map { .init("name", $0 ?? 0) }, label: { Formats.compact($0) })
                            .draw(into: &$0, $1)
                    },
                    { ScoreHistogram(bins: values.map { Int(exactly: $0 ?? 0) ?? 7 }).draw(into: &$0, $1) },
                    { if let row = $1.rows.first { Gauge(values.first ?? nil).draw(into: &$0, row, $1.columns) } },
                ] { _ = Self.picture(columns, rows, charset, draw) }
            }
        }
    }

    @Test func nothingKnownIsSaidAndNotDrawnAsZero() {
        for values in [[], [nil, nil], [.nan]] as [[Double?]] {
            let time = Self.picture(40, 6) { Self.timeChart(values).draw(into: &$0, $1) }
            #expect(time.contains("no data") && !time.contains("⣀"))
            let line = Self.picture(40, 6) { Self.lineChart(values).draw(into: &$0, $1) }
            #expect(line.contains("no data") && !line.contains("max"))
        }
        let zeros = Self.picture(40, 6) { Self.timeChart([0, 0]).draw(into: &$0, $1) }
        #expect(!zeros.contains("no data") && zeros.contains("⣀⣀⣀"))
    }

    @Test func scoresHaveTheirWholeScale() {
        let chart = LineChart(
            [ChartSeries("mean", [0.8, 0.81], .series1)], scale: .within(0...1), label: { Formats.score($0) },
            start: "a", end: "b")
        let text = Self.picture(40, 8) { chart.draw(into: &$0, $1) }
        #expect(text.contains("1.00") && text.contains("0.50") && text.contains("0.00"))
    }

    @Test func aMarkStandsInItsPlaceWithItsLabel() {
        let text = Self.picture(64, 7) { Self.timeChart([1, 1, 1, 1]).draw(into: &$0, $1) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.last?.contains(" deploy ") == true)
    }
}
