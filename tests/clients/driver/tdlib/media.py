"""Pictures, files and voice notes; a second password; and coming in by another screen."""

import base64
import shutil

import views
from operations import PAGE, arrived, search

# A word that every chat of the suite has.
SAID = "text"
LOGIN_LINK = "tg://login?token="


def local_file(path):
    return {"@type": "inputFileLocal", "path": path}


def photo_content(path, caption):
    return {"@type": "inputMessagePhoto", "photo": {"@type": "inputPhoto", "photo": local_file(path)},
            "caption": views.formatted(caption)}


async def send_content(device, chat, content):
    return await device.sent(await device.ask("sendMessage", chat_id=await device.chat(chat), input_message_content=content))


async def send_photo(device, chat, caption, path):
    return await send_content(device, chat, photo_content(path, caption))


async def send_file(device, chat, caption, path):
    document = {"@type": "inputDocument", "document": local_file(path), "disable_content_type_detection": True}
    return await send_content(device, chat, {
        "@type": "inputMessageDocument", "document": document, "caption": views.formatted(caption)})


async def send_voice(device, chat, caption, path, duration):
    note = {"@type": "inputVoiceNote", "voice_note": local_file(path), "duration": duration}
    return await send_content(device, chat, {
        "@type": "inputMessageVoiceNote", "voice_note": note, "caption": views.formatted(caption)})


async def send_album(device, chat, paths):
    contents = [photo_content(path, "") for path in paths]
    found = await device.ask("sendMessageAlbum", chat_id=await device.chat(chat), input_message_contents=contents)
    return [await device.sent(it) for it in found["messages"]]


async def edit_photo(device, chat, id, path, caption):
    return views.message(await device.ask("editMessageMedia", chat_id=await device.chat(chat), message_id=views.local(id),
                                          input_message_content=photo_content(path, caption)))


async def download(device, chat, id, path, size=None):
    message = await device.ask("getMessage", chat_id=await device.chat(chat), message_id=views.local(id))
    await fetch(device, views.file(message["content"], size), path)


async def fetch(device, file, path):
    got = await device.ask("downloadFile", file_id=file["id"], priority=1, synchronous=True)
    shutil.copyfile(got["local"]["path"], path)


async def profile_photos(device, user):
    return (await device.ask("getUserProfilePhotos", user_id=user, limit=PAGE))["photos"]


async def profile_photo(device, user, path):
    # TDLib goes by the person as it last saw them: messages that the server finds bring them as they are now.
    await search(device, user, SAID)
    photos = await profile_photos(device, user)
    if photos:
        await fetch(device, views.largest(photos[0]["sizes"])["photo"], path)
    return bool(photos)


async def set_profile_photo(device, path):
    await device.ask("setProfilePhoto", photo={"@type": "inputChatPhotoStatic", "photo": local_file(path)})


async def delete_profile_photos(device):
    for photo in await profile_photos(device, (await device.me())["id"]):
        await device.ask("deleteProfilePhoto", profile_photo_id=photo["id"])


# A second password, another screen


async def set_password(device, password, hint):
    await device.ask("setPassword", new_password=password, new_hint=hint)


async def remove_password(device, password):
    await device.ask("setPassword", old_password=password)


async def password_hint(device):
    return device.client.authorization["password_hint"]


async def check_password(device, password):
    await device.ask("checkAuthenticationPassword", password=password)
    await device.client.until_state("authorizationStateReady")
    return await arrived(device)


async def show_qr(device):
    await device.ask("requestQrCodeAuthentication")
    await device.client.until_state("authorizationStateWaitOtherDeviceConfirmation")
    shown = device.client.authorization["link"].removeprefix(LOGIN_LINK)
    return base64.b64encode(base64.urlsafe_b64decode(shown + "=" * (-len(shown) % 4))).decode()


async def accept_qr(device, token):
    shown = base64.urlsafe_b64encode(base64.b64decode(token)).decode().rstrip("=")
    await device.ask("confirmQrCodeAuthentication", link=LOGIN_LINK + shown)


async def await_qr(device):
    await device.client.until_state("authorizationStateReady")
    return await arrived(device)
