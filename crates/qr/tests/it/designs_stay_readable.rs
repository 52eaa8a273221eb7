//! Designs: what is drawn is read, at every level, shape and colour; what would not be is refused.

use suo_qr::{
    Code, Color, Design, DesignError, Dots, Finders, Level, Logo,
    read::{LOGO_SIDE, Pixels, logo, texts},
};

const TEXT: &str = "https://s.example.com/k7qm2xp/q";

const LEVELS: [Level; 4] = [Level::Low, Level::Medium, Level::Quartile, Level::High];

/// A picture of one colour, as a file.
fn plain(color: [u8; 4], width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    let pixels = color.repeat((width * height) as usize);
    writer.write_image_data(&pixels).unwrap();
    drop(writer);
    file
}

fn with_logo(percent: usize) -> Design {
    let pixels = Pixels::open(&plain([0, 0, 0, 255], 40, 60)).unwrap();
    Design {
        logo: Some(Logo {
            png: logo(&pixels),
            percent,
        }),
        ..Design::default()
    }
}

#[track_caller]
fn is_read(design: &Design, level: Level) {
    let code = Code::new(TEXT, level).unwrap();
    assert_eq!(design.check(&code, level), Ok(()));
    let file = design.png(&code).unwrap();
    let pixels = Pixels::open(&file).unwrap();
    assert_eq!(pixels.size(), (design.size, design.size));
    assert_eq!(texts(&pixels), [TEXT], "{level:?} {design:?}");
}

#[test]
fn every_shape_is_read_at_every_level_and_size() {
    for dots in [Dots::Square, Dots::Rounded, Dots::Round] {
        for finders in [Finders::Square, Finders::Rounded, Finders::Round] {
            for (level, size) in LEVELS.into_iter().zip([160, 256, 512, 999]) {
                let design = Design {
                    size,
                    dots,
                    finders,
                    ..Design::default()
                };
                is_read(&design, level);
            }
        }
    }
}

#[test]
fn a_logo_is_read_as_large_as_the_level_allows() {
    for level in LEVELS {
        let code = Code::new(TEXT, level).unwrap();
        let fits = |percent: &usize| with_logo(*percent).check(&code, level).is_ok();
        let largest = (1..=100).take_while(fits).last().unwrap();
        is_read(&with_logo(largest), level);
        let refused = with_logo(largest + 1).check(&code, level);
        assert_eq!(refused, Err(DesignError::LogoTooLarge));
    }
}

#[test]
fn colours_must_differ_and_the_code_be_the_darker_one() {
    let code = Code::new(TEXT, Level::Medium).unwrap();
    for (dark, light, expected) in [
        ("000", "fff", Ok(())),
        ("#1a4d8f", "ffeedd", Ok(())),
        ("fff", "000", Err(DesignError::LowContrast)),
        ("999", "fff", Err(DesignError::LowContrast)),
        ("f00", "0f0", Err(DesignError::LowContrast)),
    ] {
        let design = Design {
            foreground: Color::parse(dark).unwrap(),
            background: Color::parse(light).unwrap(),
            ..Design::default()
        };
        assert_eq!(
            design.check(&code, Level::Medium),
            expected,
            "{dark} {light}"
        );
        if expected.is_ok() {
            is_read(&design, Level::Medium);
        }
    }
    for text in ["", "#", "12", "12345", "1234567", "xyzxyz", "+1+2+3", "é12"] {
        assert_eq!(Color::parse(text), None, "{text}");
    }
    assert_eq!(Color::parse("#fa0").unwrap().to_string(), "#ffaa00");
}

#[test]
fn modules_have_two_pixels_at_least() {
    let code = Code::new(TEXT, Level::Medium).unwrap();
    let of = |size| Design {
        size,
        ..Design::default()
    };
    let least = 2 * (code.width() + 8);
    assert_eq!(
        of(least - 1).check(&code, Level::Medium),
        Err(DesignError::TooSmall)
    );
    is_read(&of(least), Level::Medium);
}

#[test]
fn round_shapes_have_four_pixels_a_module_at_least() {
    let code = Code::new(TEXT, Level::Medium).unwrap();
    let side = code.width() + 2 * 5;
    for (dots, finders) in [
        (Dots::Rounded, Finders::Square),
        (Dots::Round, Finders::Square),
        (Dots::Square, Finders::Rounded),
        (Dots::Square, Finders::Round),
    ] {
        let of = |size| Design {
            size,
            margin: 5,
            dots,
            finders,
            ..Design::default()
        };
        let refused = of(4 * side - 1).check(&code, Level::Medium);
        assert_eq!(
            refused,
            Err(DesignError::TooSmallForShapes),
            "{dots:?} {finders:?}"
        );
        is_read(&of(4 * side), Level::Medium);
    }
}

#[test]
fn logos_are_small_and_keep_their_shape_and_opacity() {
    for (width, height, expected) in [
        (1000, 500, (256, 128)),
        (30, 60, (30, 60)),
        (21, 3000, (1, 256)),
    ] {
        let pixels = Pixels::open(&plain([10, 20, 30, 128], width, height)).unwrap();
        let file = logo(&pixels);
        let decoder = png::Decoder::new(std::io::Cursor::new(&file));
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut bytes).unwrap();
        assert_eq!((frame.width, frame.height), expected);
        assert!(frame.width.max(frame.height) as usize <= LOGO_SIDE);
        assert_eq!(bytes[..4], [10, 20, 30, 128]);
    }
    let code = Code::new(TEXT, Level::High).unwrap();
    for png in [Vec::new(), b"\x89PNG\r\n\x1a\n".to_vec()] {
        let design = Design {
            logo: Some(Logo { png, percent: 20 }),
            ..Design::default()
        };
        assert_eq!(design.png(&code), Err(DesignError::NotALogo));
        assert_eq!(design.svg(&code), Err(DesignError::NotALogo));
    }
}
