/**
 * The emoji that are offered, by group, each with the words that find it: their names in Unicode, shortened, and what
 * people call them. Up to Emoji 13, since newer ones are empty boxes on older phones. Flags are made from the codes of
 * countries, and named by `Intl` in the language of the person.
 */

export type EmojiGroup =
  | 'smileys'
  | 'people'
  | 'hearts'
  | 'nature'
  | 'food'
  | 'activities'
  | 'travel'
  | 'objects'
  | 'symbols'

export const EMOJI: Readonly<Record<EmojiGroup, string>> = {
  smileys: `😀 grinning
😁 grinning smiling eyes
😂 tears joy laugh tawa lol
😃 smiling open mouth
😄 smiling open mouth eyes
😅 smiling open mouth cold sweat
😆 smiling open mouth tightly closed eyes
😇 smiling halo
😈 smiling horns
😉 winking
😊 smiling eyes
😋 savouring delicious food
😌 relieved
😍 smiling heart shaped eyes love cinta
😎 smiling sunglasses
😏 smirking
😐 neutral
😑 expressionless
😒 unamused
😓 cold sweat
😔 pensive
😕 confused
😖 confounded
😗 kissing
😘 throwing a kiss
😙 kissing smiling eyes
😚 kissing closed eyes
😛 stuck out tongue
😜 stuck out tongue winking eye
😝 stuck out tongue tightly closed eyes
😞 disappointed
😟 worried
😠 angry
😡 pouting angry marah
😢 crying sad sedih
😣 persevering
😤 look triumph
😥 disappointed but relieved
😦 frowning open mouth
😧 anguished
😨 fearful
😩 weary
😪 sleepy
😫 tired
😬 grimacing
😭 loudly crying cry nangis sad
😮 open mouth
😯 hushed
😰 open mouth cold sweat
😱 screaming in fear
😲 astonished
😳 flushed
😴 sleeping
😵 dizzy
😶 without mouth
😷 medical mask
🙁 slightly frowning
🙂 slightly smiling
🙃 upside down
🙄 rolling eyes
🤐 zipper mouth
🤑 money mouth
🤒 thermometer
🤓 nerd
🤔 thinking think hmm
🤕 head bandage
🤗 hugging hug peluk
🤠 cowboy hat
🤡 clown
🤢 nauseated
🤣 rolling on the floor laughing laugh tawa ngakak
🤤 drooling
🤥 lying
🤧 sneezing
🤨 one eyebrow raised
🤩 grinning star eyes
🤪 grinning one large small eye
🤫 finger covering closed lips
🤬 serious symbols covering mouth
🤭 smiling eyes hand covering mouth
🤮 open mouth vomiting
🤯 shocked exploding head
🥰 smiling eyes three hearts
🥱 yawning
🥳 party horn hat
🥴 uneven eyes wavy mouth
🥵 overheated
🥶 freezing
🥺 pleading eyes
🧐 monocle
👿 imp
💀 skull
💩 pile poo
👻 ghost
👽 extraterrestrial alien
🤖 robot
😸 grinning cat smiling eyes
😹 cat tears joy
😺 smiling cat open mouth
😻 smiling cat heart shaped eyes
😼 cat wry smile
😽 kissing cat closed eyes
😾 pouting cat
😿 crying cat
🙀 weary cat`,
  people: `👋 waving hand hello hi halo bye
🤚 raised back hand
🖐️ raised hand fingers splayed
✋ raised hand
🖖 raised hand part between middle ring fingers
👌 ok hand
🤏 pinching hand
✌️ victory hand
🤞 hand index middle fingers crossed
🤟 i love you hand
🤘 the horns
🤙 call me hand
👈 left pointing backhand index
👉 right pointing backhand index
👆 up pointing backhand index
👇 down pointing backhand index
☝️ up pointing index
👍 thumbs up yes ok good setuju
👎 thumbs down no bad
✊ raised fist
👊 fisted hand
🤛 left facing fist
🤜 right facing fist
👏 clapping hands
🙌 person raising both hands in celebration hooray hore
👐 open hands
🤲 palms up together
🤝 handshake
🙏 person folded hands please thanks terima kasih pray
✍️ writing hand
💅 nail polish
🤳 selfie
💪 flexed biceps strong kuat
🧠 brain
👀 eyes
👁️ eye
👅 tongue
👄 mouth
👶 baby
👦 boy
👧 girl
👨 man
👩 woman
👴 older man
👵 older woman
🙍 person frowning
🙎 person pouting
🙅 no good gesture
🙆 ok gesture
💁 information desk person
🙋 happy person raising one hand
🙇 person bowing deeply
🤦 palm
🤷 shrug
👮 police officer
👷 construction worker
👸 princess
🤴 prince
👳 man turban
👲 man gua pi mao
🧕 person headscarf
👰 bride veil
🤰 pregnant woman
🤱 breast feeding
👼 baby angel
🎅 father christmas
🚶 pedestrian
🏃 runner
💃 dancer
🕺 man dancing
👯 woman bunny ears
👫 man woman holding hands
👬 two men holding hands
👭 two women holding hands
💏 kiss
💑 couple heart
👪 family
🗣️ speaking head in silhouette
👤 bust in silhouette
👥 busts in silhouette
👣 footprints`,
  hearts: `❤️ heart love cinta hati
🧡 orange heart
💛 yellow heart
💚 green heart
💙 blue heart
💜 purple heart
🖤 heart
🤍 heart
🤎 brown heart
💔 broken heart
❣️ heart exclamation mark ornament
💕 two hearts
💞 revolving hearts
💓 beating heart
💗 growing heart
💖 sparkling heart
💘 heart arrow
💝 heart ribbon
💟 heart decoration
💌 love letter
💋 kiss mark
💯 hundred points
💢 anger
💥 collision
💫 dizzy
💦 splashing sweat
💨 dash
💤 sleeping
💬 speech balloon
💭 thought balloon`,
  nature: `🐀 rat
🐁 mouse
🐂 ox
🐃 water buffalo
🐄 cow
🐅 tiger
🐆 leopard
🐇 rabbit
🐈 cat
🐉 dragon
🐊 crocodile
🐋 whale
🐌 snail
🐍 snake
🐎 horse
🐏 ram
🐐 goat
🐑 sheep
🐒 monkey
🐓 rooster
🐔 chicken
🐕 dog
🐖 pig
🐗 boar
🐘 elephant
🐙 octopus
🐚 spiral shell
🐛 bug
🐜 ant
🐝 honeybee
🐞 lady beetle
🐟 fish
🐠 tropical fish
🐡 blowfish
🐢 turtle
🐣 hatching chick
🐤 baby chick
🐥 front facing baby chick
🐦 bird
🐧 penguin
🐨 koala
🐩 poodle
🐪 dromedary camel
🐫 bactrian camel
🐬 dolphin
🐭 mouse
🐮 cow
🐯 tiger
🐰 rabbit
🐱 cat
🐲 dragon
🐳 spouting whale
🐴 horse
🐵 monkey
🐶 dog
🐷 pig
🐸 frog
🐹 hamster
🐺 wolf
🐻 bear
🐼 panda
🐽 pig nose
🐾 paw prints
🦀 crab
🦁 lion
🦂 scorpion
🦃 turkey
🦄 unicorn
🦅 eagle
🦆 duck
🦇 bat
🦈 shark
🦉 owl
🦊 fox
🦋 butterfly
🦌 deer
🦍 gorilla
🦎 lizard
🦏 rhinoceros
🦐 shrimp
🦑 squid
🦒 giraffe
🦓 zebra
🦔 hedgehog
🦕 sauropod
🦖 t rex
🦗 cricket
🦘 kangaroo
🦙 llama
🦚 peacock
🦛 hippopotamus
🦜 parrot
🦝 raccoon
🦞 lobster
🦟 mosquito
🦠 microbe
🦡 badger
🦢 swan
🕊️ dove peace
🕷️ spider
🕸️ spider web
🌹 rose
🥀 wilted flower
🌺 hibiscus
🌻 sunflower
🌼 blossom
🌷 tulip
💐 bouquet
🌸 cherry blossom
🌱 seedling
🌲 evergreen tree
🌳 deciduous tree
🌴 palm tree
🌵 cactus
🌾 ear rice
🌿 herb
☘️ shamrock
🍀 four leaf clover
🍁 maple leaf
🍂 fallen leaf
🍃 leaf fluttering in wind
🍄 mushroom
🌍 earth globe europe africa
🌎 earth globe americas
🌏 earth globe asia australia
🌑 new moon
🌔 waxing gibbous moon
🌕 full moon
🌙 crescent moon bulan
🌚 new moon
🌛 first quarter moon
🌝 full moon
🌞 sun matahari
☀️ sun rays
⛅ sun behind cloud
☁️ cloud
🌧️ cloud rain
⛈️ thunder cloud rain
🌩️ cloud lightning
❄️ snowflake
⛄ snowman without snow
🌈 rainbow
☔ umbrella rain drops
⚡ high voltage
🌊 water wave
🔥 fire hot api
⭐ medium star
🌟 glowing star
✨ sparkles
🌠 shooting star
💧 droplet
🌪️ cloud tornado
🌋 volcano`,
  food: `🍅 tomato
🍆 aubergine
🍇 grapes
🍈 melon
🍉 watermelon
🍊 tangerine
🍋 lemon
🍌 banana
🍍 pineapple
🍎 red apple
🍏 green apple
🍐 pear
🍑 peach
🍒 cherries
🍓 strawberry
🍔 hamburger
🍕 slice pizza
🍖 meat on bone
🍗 poultry leg
🍘 rice cracker
🍙 rice ball
🍚 cooked rice nasi
🍛 curry rice
🍜 steaming bowl
🍝 spaghetti
🍞 bread
🍟 french fries
🍠 roasted sweet potato
🍡 dango
🍢 oden
🍣 sushi
🍤 fried shrimp
🍥 fish cake swirl design
🍦 soft ice cream
🍧 shaved ice
🍨 ice cream
🍩 doughnut
🍪 cookie
🍫 chocolate bar
🍬 candy
🍭 lollipop
🍮 custard
🍯 honey pot
🍰 shortcake
🍱 bento box
🍲 pot food
🍳 cooking
🍴 fork knife
🍵 teacup without handle
🍶 sake bottle cup
🍷 wine glass
🍸 cocktail glass
🍹 tropical drink
🍺 beer mug
🍻 clinking beer mugs
🍼 baby bottle
🍽️ fork knife plate
🍾 bottle popping cork
🍿 popcorn
🥐 croissant
🥑 avocado
🥒 cucumber
🥓 bacon
🥔 potato
🥕 carrot
🥖 baguette bread
🥗 green salad
🥘 shallow pan food
🥙 stuffed flatbread
🥚 egg
🥛 glass milk
🥜 peanuts
🥝 kiwifruit
🥞 pancakes
🥟 dumpling
🥠 fortune cookie
🥡 takeout box
🥢 chopsticks
🥣 bowl spoon
🥤 cup straw
🥥 coconut
🥦 broccoli
🥧 pie
🥨 pretzel
🥩 cut meat
🥪 sandwich
🥫 canned food
🥬 leafy green
🥭 mango
🥮 moon cake
🥯 bagel
🧀 cheese wedge
🧁 cupcake
🧂 salt shaker
🧃 beverage box
🧇 waffle
🧈 butter
🧉 mate drink
🧊 ice cube
☕ hot beverage kopi coffee
🎂 birthday cake ulang tahun
🔪 hocho`,
  activities: `⚽ soccer ball
🏀 basketball hoop
🏈 american football
⚾ baseball
🥎 softball
🎾 tennis racquet ball
🏐 volleyball
🏉 rugby football
🎱 billiards
🏓 table tennis paddle ball
🏸 badminton racquet shuttlecock
🥊 boxing glove
🥋 martial arts uniform
🥅 goal net
⛳ flag in hole
🎣 fishing pole fish
🎿 ski boot
🏂 snowboarder
🏊 swimmer
🏄 surfer
🚴 bicyclist
🏇 horse racing
🏆 trophy
🏅 sports medal
🥇 first place medal
🥈 second place medal
🥉 third place medal
🎗️ reminder ribbon
🎫 ticket
🎪 circus tent
🎭 performing arts
🎨 artist palette
🎬 clapper board
🎤 microphone
🎧 headphone
🎼 musical score
🎹 musical keyboard
🥁 drum drumsticks
🎷 saxophone
🎺 trumpet
🎸 guitar
🎻 violin
🎲 game die
♟️ chess pawn
🎯 direct hit
🎳 bowling
🎮 video game
🎰 slot machine
🧩 jigsaw puzzle piece
🎉 party popper pesta selamat
🎊 confetti ball
🎁 wrapped present
🎈 balloon
🎀 ribbon
🎄 christmas tree
🎆 fireworks
🎇 firework sparkler
🎋 tanabata tree
🎍 pine decoration
🎐 wind chime
🧨 firecracker`,
  travel: `🚀 rocket
🚁 helicopter
🚂 steam locomotive
🚃 railway car
🚄 high speed train
🚅 high speed train bullet nose
🚆 train
🚇 metro
🚈 light rail
🚉 station
🚊 tram
🚋 tram car
🚌 bus
🚍 oncoming bus
🚎 trolleybus
🚏 bus stop
🚐 minibus
🚑 ambulance
🚒 fire engine
🚓 police car
🚔 oncoming police car
🚕 taxi
🚖 oncoming taxi
🚗 automobile
🚘 oncoming automobile
🚙 recreational vehicle
🚚 delivery truck
🚛 articulated lorry
🚜 tractor
🚝 monorail
🚞 mountain railway
🚟 suspension railway
🚠 mountain cableway
🚡 aerial tramway
🚢 ship
🚣 rowboat
🚤 speedboat
🚥 horizontal traffic light
🚦 vertical traffic light
🚧 construction
🚨 police cars revolving light
🚩 triangular flag on post
🚲 bicycle
🛴 scooter
🛵 motor scooter ojek
🛺 auto rickshaw
✈️ airplane
🛫 airplane departure
🛬 airplane arriving
⛵ sailboat
🛶 canoe
⚓ anchor
⛽ fuel pump
🗺️ world map
🗿 moyai
🗽 statue liberty
🗼 tokyo tower
🏰 european castle
🏯 japanese castle
🏟️ stadium
🎡 ferris wheel
🎢 roller coaster
🎠 carousel horse
⛲ fountain
🏖️ beach umbrella
🏝️ desert island
🏜️ desert
⛰️ mountain
🏔️ snow capped mountain
🗻 mount fuji
🏕️ camping
⛺ tent
🏠 house building
🏡 house garden
🏢 office building
🏥 hospital
🏦 bank
🏨 hotel
🏪 convenience store
🏫 school
🏭 factory
⛪ church
🕌 mosque
🕍 synagogue
🛕 hindu temple
⛩️ shinto shrine
🌃 night stars
🌄 sunrise over mountains
🌅 sunrise
🌆 cityscape at dusk
🌇 sunset over buildings
🌉 bridge at night
🌌 milky way`,
  objects: `⌚ watch
📱 mobile phone
💻 personal computer
⌨️ keyboard
🖨️ printer
📷 camera
📹 video camera
🎥 movie camera
📞 telephone receiver
☎️ telephone
📺 television
📻 radio
⏰ alarm clock
⌛ hourglass
⏳ hourglass flowing sand
📡 satellite antenna
🔋 battery
🔌 electric plug
💡 electric light bulb
🔦 electric torch
🕯️ candle
💸 money wings
💵 banknote dollar
💰 money bag
💳 credit card
💎 gem stone
🔧 wrench
🔨 hammer
🛠️ hammer wrench
🔫 pistol
💣 bomb
🔮 crystal ball
💊 pill
💉 syringe
🩹 adhesive bandage
🩺 stethoscope
🌡️ thermometer
🚽 toilet
🚿 shower
🛁 bathtub
🧹 broom
🧺 basket
🧼 bar soap
🔑 key
🗝️ old key
🚪 door
🛋️ couch lamp
🛏️ bed
🧸 teddy bear
🛍️ shopping bags
📦 package
✉️ envelope
📧 e mail
📝 memo
📁 file folder
📅 calendar
📈 chart upwards trend
📉 chart downwards trend
📌 pushpin
📍 round pushpin
📎 paperclip
📏 straight ruler
✂️ scissors
🔒 lock
🔓 open lock
📚 books
📖 open book
🗞️ rolled up newspaper
👓 eyeglasses
🕶️ dark sunglasses
👔 necktie
👕 t shirt
👖 jeans
👗 dress
👟 athletic shoe
👠 high heeled shoe
👜 handbag
🎒 school satchel
👑 crown
🎩 top hat
💍 ring
💄 lipstick
🌂 closed umbrella
📢 public address loudspeaker
🔔 bell
🪘 long drum kentongan gendang`,
  symbols: `✅ check mark done selesai
✔️ check mark
❌ cross mark
❎ negative squared cross mark
➕ plus
➖ minus
✖️ multiplication x
❓ question mark ornament
❗ exclamation mark
‼️ double exclamation mark
⁉️ exclamation question mark
⚠️ warning
🚫 no entry
⛔ no entry
📵 no mobile phones
🔞 no one under eighteen
♻️ universal recycling
☢️ radioactive
☣️ biohazard
📶 antenna bars
🆙 squared up exclamation mark
🆗 squared ok
🆘 squared sos
🆔 squared id
ℹ️ information source
▶️ right pointing triangle
⏸️ double vertical bar
⏹️ square for stop
⏩ right pointing double triangle
⏪ left pointing double triangle
⬆️ upwards arrow
➡️ rightwards arrow
⬇️ downwards arrow
⬅️ leftwards arrow
↔️ left right arrow
↕️ up down arrow
🔄 anticlockwise downwards upwards open circle arrows
🔁 clockwise rightwards leftwards open circle arrows
🔴 large red circle
🟠 large orange circle
🟡 large yellow circle
🟢 large green circle
🔵 large blue circle
🟣 large purple circle
⚫ medium circle
⚪ medium circle
🟥 large red square
🟦 large blue square
🔺 up pointing red triangle
🔻 down pointing red triangle
♈ aries
♉ taurus
♊ gemini
♋ cancer
♌ leo
♍ virgo
♎ libra
♏ scorpius
♐ sagittarius
♑ capricorn
♒ aquarius
♓ pisces
🕐 clock one oclock
🎵 musical note
🎶 multiple musical notes
☮️ peace
✝️ latin cross
☪️ star crescent
🕉️ om
☸️ wheel dharma
✡️ star david
☯️ yin yang
♾️ permanent paper
🏁 chequered flag
🚩 triangular flag on post
🏳️ waving flag
🏴 waving flag`,
}

/** ISO 3166-1, as many as have a flag among emoji. */
export const COUNTRIES =
  'AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UN US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'
