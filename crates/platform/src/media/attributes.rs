//! What a document is besides its bytes: a video, a voice, a sticker, a file with a name. Clients say it; here it is cut to
//! what messages can carry, and completed by what the server sees itself.

use minicbor::{Decode, Encode};

use crate::limits::media::{ATTRIBUTE_TEXT_MAX_CHARS, FILE_NAME_MAX_CHARS, MIME_MAX_BYTES, WAVEFORM_MAX_BYTES};

/// One thing said of a document.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Attribute {
    /// A picture of so many pixels.
    #[n(0)]
    ImageSize {
        /// From left to right.
        #[n(0)]
        width: i32,
        /// From top to bottom.
        #[n(1)]
        height: i32,
    },
    /// It moves without a sound: a GIF.
    #[n(1)]
    Animated,
    /// A sticker.
    #[n(2)]
    Sticker {
        /// The emoji it stands for.
        #[n(0)]
        alt: String,
        /// It is put on photos.
        #[n(1)]
        mask: bool,
    },
    /// A video.
    #[n(3)]
    Video(#[n(0)] Video),
    /// Music or a voice.
    #[n(4)]
    Audio(#[n(0)] Audio),
    /// The name of the file.
    #[n(5)]
    Filename(#[n(0)] String),
}

/// What is said of a video.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Video {
    /// In milliseconds.
    #[n(0)]
    pub duration_ms: u32,
    /// Pixels from left to right.
    #[n(1)]
    pub width: i32,
    /// Pixels from top to bottom.
    #[n(2)]
    pub height: i32,
    /// A round video note.
    #[n(3)]
    pub is_round: bool,
    /// Its index stands at its beginning, so that it can be watched while it is downloaded.
    #[n(4)]
    pub can_stream: bool,
    /// Without a sound.
    #[n(5)]
    pub is_silent: bool,
    /// Bytes to load before it is played.
    #[n(6)]
    pub preload_bytes: Option<i32>,
    /// The frame shown before it is played, in milliseconds.
    #[n(7)]
    pub start_ms: Option<u32>,
    /// Its codec.
    #[n(8)]
    pub codec: Option<String>,
}

/// What is said of music and voices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Audio {
    /// A voice note.
    #[n(0)]
    pub is_voice: bool,
    /// In seconds.
    #[n(1)]
    pub duration: i32,
    /// Of the piece.
    #[n(2)]
    pub title: Option<String>,
    /// Who plays it.
    #[n(3)]
    pub performer: Option<String>,
    /// How loud it is over its time, five bits a sample.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    pub waveform: Option<Vec<u8>>,
}

/// What a document is shown as; searches and albums go by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// A file.
    File,
    /// A sticker.
    Sticker,
    /// A moving picture without sound.
    Gif,
    /// A round video note.
    RoundVideo,
    /// A video.
    Video,
    /// A voice note.
    Voice,
    /// Music.
    Music,
}

impl DocumentKind {
    /// What these attributes make of a document.
    #[must_use]
    pub fn of(attributes: &[Attribute]) -> Self {
        let find = |wanted: fn(&Attribute) -> Option<Self>| attributes.iter().find_map(wanted);
        let by_rank: [fn(&Attribute) -> Option<Self>; 3] = [
            |attribute| matches!(attribute, Attribute::Sticker { .. }).then_some(Self::Sticker),
            |attribute| matches!(attribute, Attribute::Animated).then_some(Self::Gif),
            |attribute| match attribute {
                Attribute::Video(video) if video.is_round => Some(Self::RoundVideo),
                Attribute::Video(_) => Some(Self::Video),
                Attribute::Audio(audio) if audio.is_voice => Some(Self::Voice),
                Attribute::Audio(_) => Some(Self::Music),
                _ => None,
            },
        ];
        by_rank.into_iter().find_map(find).unwrap_or(Self::File)
    }
}

/// Cuts what a client said to what is kept: each kind once, bounded texts, no senseless numbers.
#[must_use]
pub fn tidy(attributes: Vec<Attribute>) -> Vec<Attribute> {
    let mut kept: Vec<Attribute> = Vec::with_capacity(attributes.len().min(6));
    for attribute in attributes {
        let is_new = kept.iter().all(|other| std::mem::discriminant(other) != std::mem::discriminant(&attribute));
        if is_new {
            kept.push(tidy_one(attribute));
        }
    }
    kept
}

fn tidy_one(attribute: Attribute) -> Attribute {
    match attribute {
        Attribute::ImageSize { width, height } => Attribute::ImageSize { width: width.max(0), height: height.max(0) },
        Attribute::Animated => Attribute::Animated,
        Attribute::Sticker { alt, mask } => Attribute::Sticker { alt: cut(&alt, ATTRIBUTE_TEXT_MAX_CHARS), mask },
        Attribute::Video(video) => Attribute::Video(Video {
            width: video.width.max(0),
            height: video.height.max(0),
            preload_bytes: video.preload_bytes.filter(|bytes| *bytes > 0),
            codec: video.codec.map(|codec| cut(&codec, ATTRIBUTE_TEXT_MAX_CHARS)),
            ..video
        }),
        Attribute::Audio(audio) => Attribute::Audio(Audio {
            is_voice: audio.is_voice,
            duration: audio.duration.max(0),
            title: audio.title.map(|title| cut(&title, ATTRIBUTE_TEXT_MAX_CHARS)),
            performer: audio.performer.map(|performer| cut(&performer, ATTRIBUTE_TEXT_MAX_CHARS)),
            waveform: audio.waveform.filter(|waveform| waveform.len() <= WAVEFORM_MAX_BYTES),
        }),
        Attribute::Filename(name) => Attribute::Filename(file_name(&name)),
    }
}

/// The last part of a path, without control characters: it becomes a file on somebody's disk.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|character| !character.is_control()).collect();
    cut(&clean, FILE_NAME_MAX_CHARS)
}

fn cut(text: &str, max_chars: usize) -> String {
    text.chars().take(max_chars).collect()
}

/// A media type as it is kept; what is none becomes the type of "just bytes".
#[must_use]
pub fn media_type(given: &str) -> String {
    let lower = given.trim().to_ascii_lowercase();
    let is_token = |text: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte);
        !text.is_empty() && text.bytes().all(is_allowed)
    };
    let is_type = lower.split_once('/').is_some_and(|(class, kind)| is_token(class) && is_token(kind));
    if is_type && lower.len() <= MIME_MAX_BYTES { lower } else { "application/octet-stream".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_what_its_strongest_attribute_says() {
        let video = |is_round| Attribute::Video(Video { is_round, ..Video::default() });
        let audio = |is_voice| Attribute::Audio(Audio { is_voice, ..Audio::default() });
        let name = Attribute::Filename("a".into());
        assert_eq!(DocumentKind::of(std::slice::from_ref(&name)), DocumentKind::File);
        assert_eq!(DocumentKind::of(&[name.clone(), video(false)]), DocumentKind::Video);
        assert_eq!(DocumentKind::of(&[video(true)]), DocumentKind::RoundVideo);
        assert_eq!(DocumentKind::of(&[video(false), Attribute::Animated]), DocumentKind::Gif);
        assert_eq!(DocumentKind::of(&[audio(true)]), DocumentKind::Voice);
        assert_eq!(DocumentKind::of(&[name, audio(false)]), DocumentKind::Music);
        let sticker = Attribute::Sticker { alt: String::new(), mask: false };
        assert_eq!(DocumentKind::of(&[video(false), sticker]), DocumentKind::Sticker);
    }

    #[test]
    fn names_lead_nowhere() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\autoexec.bat"), "autoexec.bat");
        assert_eq!(file_name("a\u{7}b\n"), "ab");
        assert_eq!(file_name(&"x".repeat(1_000)).len(), FILE_NAME_MAX_CHARS);
    }

    #[test]
    fn media_types_are_types() {
        assert_eq!(media_type("Image/PNG"), "image/png");
        for wrong in [
            "",
            "image",
            "image/",
            "/png",
            "image/p ng",
            "image/<script>",
            &format!("a/{}", "b".repeat(MIME_MAX_BYTES)),
        ] {
            assert_eq!(media_type(wrong), "application/octet-stream", "{wrong}");
        }
    }

    #[test]
    fn each_attribute_counts_once_and_within_bounds() {
        let long = vec![7; WAVEFORM_MAX_BYTES + 1];
        let voice = Audio { is_voice: true, duration: -4, waveform: Some(long), ..Audio::default() };
        let kept = tidy(vec![
            Attribute::Audio(voice),
            Attribute::Audio(Audio::default()),
            Attribute::ImageSize { width: -1, height: 5 },
        ]);
        let expected = Audio { is_voice: true, ..Audio::default() };
        assert_eq!(kept, [Attribute::Audio(expected), Attribute::ImageSize { width: 0, height: 5 }]);
    }
}
