extension ColourScheme {
    /// The scheme of a theme, `nil` for the one without colours.
    init?(_ name: ThemeName) {
        switch name {
        case .dark: self = .dark
        case .light: self = .light
        case .colourBlind: self = .colourBlind
        case .highContrast: self = .highContrast
        case .mono: return nil
        }
    }

    private static let readable = (text: 4.5, faint: 3.0)

    private static var dark: ColourScheme {
        ColourScheme(
            page: .black, paintsPage: false, contrast: readable,
            ground: { ground in
                switch ground {
                case .page: .black
                case .bar: RGB(0x303030)
                case .selection: RGB(0x005F87)
                case .panel: RGB(0x262626)
                case .field: RGB(0x444444)
                case .calm: RGB(0x005F5F)
                case .alert: RGB(0xAF0000)
                case .mark: RGB(0x5F005F)
                case .danger: RGB(0x4A1418)
                case .badge: RGB(0x4E4E4E)
                case .paper: .white
                }
            },
            ink: { ink in
                switch ink {
                case .plain: RGB(0xD0D0D0)
                case .quiet: RGB(0x8A8A8A)
                case .faint: RGB(0x666666)
                case .strong: .white
                case .accent: RGB(0x5FAFD7)
                case .good, .added: RGB(0x6FBF73)
                case .caution: RGB(0xE0AF3C)
                case .bad, .removed: RGB(0xFF6B68)
                case .series1: RGB(0x5FAFFF)
                case .series2: RGB(0xFFAF5F)
                case .series3: RGB(0x5FD7AF)
                case .series4: RGB(0xD787D7)
                case .link: RGB(0x87AFFF)
                }
            })
    }

    private static var light: ColourScheme {
        ColourScheme(
            page: .white, paintsPage: false, contrast: readable,
            ground: { ground in
                switch ground {
                case .page: .white
                case .bar: RGB(0xE4E4E4)
                case .selection: RGB(0xAFD7FF)
                case .panel: RGB(0xEEEEEE)
                case .field: RGB(0xDADADA)
                case .calm: RGB(0x005F5F)
                case .alert: RGB(0xAF0000)
                case .mark: RGB(0xE3D7F7)
                case .danger: RGB(0xFFDCDA)
                case .badge: RGB(0xD0D0D0)
                case .paper: .white
                }
            },
            ink: { ink in
                switch ink {
                case .plain: RGB(0x262626)
                case .quiet: RGB(0x6C6C6C)
                case .faint: RGB(0x8A8A8A)
                case .strong: .black
                case .accent: RGB(0x005FAF)
                case .good, .added: RGB(0x1B7A2F)
                case .caution: RGB(0x8F5A00)
                case .bad, .removed: RGB(0xC5221F)
                case .series1: RGB(0x005FD7)
                case .series2: RGB(0xB35300)
                case .series3: RGB(0x00795F)
                case .series4: RGB(0xA0309F)
                case .link: RGB(0x0B44C8)
                }
            })
    }

    /// After the colours of Okabe and Ito.
    private static var colourBlind: ColourScheme {
        ColourScheme(
            page: RGB(0x121212), paintsPage: true, contrast: readable,
            ground: { ground in
                switch ground {
                case .page: RGB(0x121212)
                case .bar: RGB(0x303030)
                case .selection: RGB(0x00005F)
                case .panel: RGB(0x262626)
                case .field: RGB(0x444444)
                case .calm: RGB(0x005F87)
                case .alert: RGB(0x875F00)
                case .mark: RGB(0x4E4E4E)
                case .danger: RGB(0x5F0000)
                case .badge: RGB(0x3A3A3A)
                case .paper: .white
                }
            },
            ink: { ink in
                switch ink {
                case .plain: RGB(0xD0D0D0)
                case .quiet: RGB(0x949494)
                case .faint: RGB(0x6C6C6C)
                case .strong: .white
                case .accent: RGB(0xD7C4E8)
                case .good, .added, .series1: RGB(0x4FA8E8)
                case .caution: RGB(0xF5EE80)
                case .bad, .removed: RGB(0xF08000)
                case .series2: RGB(0xE69F00)
                case .series3: RGB(0xF7F3B0)
                case .series4: RGB(0x949494)
                case .link: RGB(0x9FCBF5)
                }
            })
    }

    private static var highContrast: ColourScheme {
        ColourScheme(
            page: .black, paintsPage: true, contrast: (text: 7, faint: 7),
            ground: { ground in
                switch ground {
                case .page, .panel: .black
                case .bar: RGB(0x00005F)
                case .selection: RGB(0xFFFF00)
                case .field, .badge, .paper: .white
                case .calm: RGB(0x003F00)
                case .alert: RGB(0x870000)
                case .mark: RGB(0x3F0060)
                case .danger: RGB(0x3F0000)
                }
            },
            ink: { ink in
                switch ink {
                case .plain, .strong: .white
                case .quiet: RGB(0xDADADA)
                case .faint: RGB(0xB2B2B2)
                case .accent, .series1: RGB(0x5FD7FF)
                case .good, .added: RGB(0x5FFF5F)
                case .caution: RGB(0xFFFF00)
                case .bad, .removed: RGB(0xFF8787)
                case .series2: RGB(0xFFAF00)
                case .series3: RGB(0x5FFF87)
                case .series4: RGB(0xFF87FF)
                case .link: RGB(0x87D7FF)
                }
            })
    }
}
