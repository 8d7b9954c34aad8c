import Glibc
import Terminal
import Testing

struct ThemeTests {
    private static let coloured: [ThemeName] = [.dark, .light, .colourBlind, .highContrast]
    private static let styles = Ground.allCases.flatMap { ground in Ink.allCases.map { Style($0, on: ground) } }

    private static func contrast(_ theme: Theme, _ style: Style) -> Double {
        let (ink, ground) = theme.colours(of: style)
        return ink.contrast(to: ground)
    }

    @Test func contrastIsThatOfTheStandard() {
        #expect(RGB.black.contrast(to: .white) == 21)
        #expect(RGB(0x777777).contrast(to: .white) > 4.47 && RGB(0x777777).contrast(to: .white) < 4.49)
    }

    @Test(arguments: [ColourDepth.indexed, .direct], coloured)
    func everyInkCanBeReadOnEveryGround(_ depth: ColourDepth, _ name: ThemeName) {
        let theme = Theme(name: name, depth: depth)
        for style in Self.styles {
            let least = name == .highContrast ? 7 : style.ink == .faint ? 3 : 4.5
            #expect(Self.contrast(theme, style) >= least, "\(style) in \(name), \(depth)")
        }
    }

    @Test(arguments: [ColourDepth.eight, .sixteen], coloured)
    func fewColoursCanBeReadWhereTheyAreThoseOfXterm(_ depth: ColourDepth, _ name: ThemeName) {
        let theme = Theme(name: name, depth: depth)
        for style in Self.styles {
            // The eight have no brighter red, and grey is what a terminal makes of it.
            let isRed = depth == .eight && name == .dark && (style.ink == .bad || style.ink == .removed)
            let isGrey = style.ink == .quiet || style.ink == .faint
            let least = name == .highContrast ? 7 : isRed || isGrey ? 3.5 : 4.4
            #expect(Self.contrast(theme, style) >= least, "\(style) in \(name), \(depth)")
        }
    }

    @Test(arguments: ThemeName.allCases, ColourDepth.allCases)
    func coloursAreOnlyUsedWhereTheyAre(_ name: ThemeName, _ depth: ColourDepth) {
        let theme = Theme(name: name, depth: depth)
        let used = Set(Self.styles.flatMap { [theme.look(of: $0).ink, theme.look(of: $0).ground] })
        for colour in used {
            switch colour {
            case .own: continue
            case .direct: #expect(depth == .direct)
            case .palette(let number):
                switch depth {
                case .none: #expect(Bool(false), "\(name) without colours uses \(number)")
                case .eight: #expect(number < 8)
                case .sixteen: #expect(number < 16)
                case .indexed, .direct: #expect(number >= 16, "the first sixteen look different everywhere")
                }
            }
        }
        if name == .mono || depth == .none { #expect(used == [.own]) }
        // Terminals with eight colours have 64 pairs, of which one is their own.
        let pairs = Set(Self.styles.map { [theme.look(of: $0).ink, theme.look(of: $0).ground] })
        if depth == .eight { #expect(pairs.count <= 63) }
    }

    @Test(arguments: coloured, [ColourDepth.sixteen, .indexed, .direct])
    func statesDiffer(_ name: ThemeName, _ depth: ColourDepth) {
        let theme = Theme(name: name, depth: depth)
        for ground in [Ground.page, .panel] {
            let looks = [Ink.plain, .good, .caution, .bad].map { theme.look(of: Style($0, on: ground)) }
            #expect(Set(looks).count == 4, "\(ground) in \(name), \(depth)")
        }
        let grounds = Ground.allCases.map { theme.look(of: Style(.plain, on: $0)).ground }
        #expect(Set(grounds).count >= 5)
    }

    @Test func marksOfMonoDifferWithoutColour() {
        let theme = Theme(name: .mono, depth: .direct)
        #expect(theme.look(of: Style(.plain, on: .selection)) != theme.look(of: .plain))
        #expect(theme.look(of: Style(.bad)) != theme.look(of: .plain))
        #expect(theme.look(of: Style(.plain, on: .mark)) != theme.look(of: .plain))
    }

    @Test func aThemeIsItsNameAndDepth() {
        #expect(Theme(depth: .indexed) == Theme(name: .dark, depth: .indexed))
        #expect(Theme(name: .light, depth: .indexed) != Theme(depth: .indexed))
        #expect(ThemeName(rawValue: "colour-blind") == .colourBlind)
    }
}

/// How eyes that lack one kind of cones see colours.
struct ColourBlindnessTests {
    /// The matrices of Machado, Oliveira and Fernandes (2009) for a whole lack, on linear light.
    enum Eyes: CaseIterable {
        case protanopia, deuteranopia, tritanopia

        var matrix: [[Double]] {
            switch self {
            case .protanopia:
                [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
            case .deuteranopia:
                [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
            case .tritanopia:
                [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
            }
        }

        /// A colour as these eyes see it, in linear light.
        func see(_ colour: RGB) -> [Double] {
            let light = [colour.red, colour.green, colour.blue].map { value -> Double in
                let share = Double(value) / 255
                return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            return matrix.map { row in min(1, max(0, zip(row, light).reduce(0) { $0 + $1.0 * $1.1 })) }
        }
    }

    /// The difference of two colours in CIELAB: about 2 can just be seen, 10 at a glance.
    private static func difference(_ one: RGB, _ two: RGB, _ eyes: Eyes) -> Double {
        let (first, second) = (lab(eyes.see(one)), lab(eyes.see(two)))
        return sqrt(zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
    }

    private static func lab(_ light: [Double]) -> [Double] {
        let x = (0.4124 * light[0] + 0.3576 * light[1] + 0.1805 * light[2]) / 0.9505
        let y = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
        let z = (0.0193 * light[0] + 0.1192 * light[1] + 0.9505 * light[2]) / 1.089
        func f(_ value: Double) -> Double { value > 0.008856 ? cbrt(value) : 7.787 * value + 16 / 116 }
        return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))]
    }

    private static func least(_ theme: Theme, _ inks: [Ink], on ground: Ground, _ eyes: Eyes) -> Double {
        let colours = inks.map { theme.colours(of: Style($0, on: ground)).ink }
        return inks.indices.flatMap { one in
            inks.indices.filter { $0 > one }.map { difference(colours[one], colours[$0], eyes) }
        }.min() ?? 0
    }

    @Test(arguments: Eyes.allCases, [ColourDepth.indexed, .direct])
    func statesDifferAtAGlanceForEveryKindOfEyes(_ eyes: Eyes, _ depth: ColourDepth) {
        let theme = Theme(name: .colourBlind, depth: depth)
        for ground in [Ground.page, .panel, .bar, .selection] {
            #expect(Self.least(theme, [.good, .caution, .bad], on: ground, eyes) > 20, "\(ground), \(eyes), \(depth)")
            #expect(Self.least(theme, [.added, .removed], on: ground, eyes) > 20, "\(ground), \(eyes), \(depth)")
        }
        let series: [Ink] = [.series1, .series2, .series3, .series4]
        #expect(Self.least(theme, series, on: .page, eyes) > 14, "\(eyes), \(depth)")
    }

    @Test func grounds() {
        let theme = Theme(name: .colourBlind, depth: .direct)
        for eyes in Eyes.allCases {
            let calm = theme.colours(of: Style(.plain, on: .calm)).ground
            let alert = theme.colours(of: Style(.plain, on: .alert)).ground
            #expect(Self.difference(calm, alert, eyes) > 20, "\(eyes)")
        }
    }

    /// The simulation tells good from bad only if it finds the usual green and red alike.
    @Test func greenAndRedOfOtherThemesAreAlikeForSome() {
        let dark = Theme(name: .dark, depth: .direct)
        let colourBlind = Theme(name: .colourBlind, depth: .direct)
        let usual = Self.least(dark, [.good, .bad], on: .page, .deuteranopia)
        #expect(usual < Self.least(colourBlind, [.good, .bad], on: .page, .deuteranopia) / 2)
    }
}
