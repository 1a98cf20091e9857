"""Pictures, files, a second password and the login by QR code: what the suite may ask of a client about them."""

import asyncio
import base64

from pyrogram import raw, types

import clients
import views
from clients import the
from operations import answers, view

kept = {}
waiting = {}


def sent(client, seen):
    """The messages in the answer to the last request that sent or changed any."""
    answer = [it for it in seen if hasattr(it, "updates")][-1]
    return [view(client, it) for it in views.messages_of(answer)]


async def send_photo(client, chat, path, caption):
    with answers() as seen:
        assert await the(client).send_photo(chat, path, caption=caption)
    return sent(client, seen)[0]


async def send_file(client, chat, path, caption):
    with answers() as seen:
        assert await the(client).send_document(chat, path, caption=caption, force_document=True)
    return sent(client, seen)[0]


async def send_voice(client, chat, path, duration, caption):
    with answers() as seen:
        assert await the(client).send_voice(chat, path, caption=caption, duration=duration)
    return sent(client, seen)[0]


async def send_album(client, chat, paths):
    with answers() as seen:
        await the(client).send_media_group(chat, [types.InputMediaPhoto(path) for path in paths])
    return sent(client, seen)


async def edit_photo(client, chat, id, path, caption):
    with answers() as seen:
        assert await the(client).edit_message_media(chat, id, types.InputMediaPhoto(path, caption=caption))
    return sent(client, seen)[0]


async def download(client, chat, id, path, size):
    with answers() as seen:
        message = await the(client).get_messages(chat, id)
    what = message if size is None else of_size(message.photo, seen[0].messages[0].media.photo, size)
    assert await the(client).download_media(what, path)


def of_size(photo, it, letter):
    """The library's name of one size of a photo; it forgets the letter, and keeps width and height."""
    wanted = next((one.w, one.h) for one in it.sizes if one.type == letter)
    every = [photo, *(photo.thumbs or []), *(getattr(photo, "sizes", None) or [])]
    return next(one for one in every if (one.width, one.height) == wanted).file_id


async def chunk(client, chat, id, bytes, fresh):
    """The first bytes of a file, asked for with the reference that just came, or with the one that came first."""
    if fresh:
        with answers() as seen:
            await the(client).get_messages(chat, id)
        kept[client] = seen[0].messages[0].media.document
    it = kept[client]
    location = raw.types.InputDocumentFileLocation(
        id=it.id, access_hash=it.access_hash, file_reference=it.file_reference, thumb_size="")
    return (await the(client).invoke(raw.functions.upload.GetFile(location=location, offset=0, limit=bytes))).bytes.hex()


async def set_profile_photo(client, path):
    still = getattr(types, "InputChatPhotoStatic", None)
    assert await the(client).set_profile_photo(photo=still(path) if still else path)


async def profile_photo(client, user, path):
    photo = (await the(client).get_users(user)).photo
    return bool(photo and await the(client).download_media(photo.big_file_id, path))


async def delete_profile_photos(client):
    with answers() as seen:
        assert [it async for it in the(client).get_chat_photos("me")]
    photos = [raw.types.InputPhoto(id=it.id, access_hash=it.access_hash, file_reference=it.file_reference)
              for answer in seen if hasattr(answer, "photos") for it in answer.photos]
    assert await the(client).invoke(raw.functions.photos.DeletePhotos(id=photos))


async def set_password(client, password, hint):
    assert await the(client).enable_cloud_password(password, hint=hint)


async def remove_password(client, password):
    assert await the(client).remove_cloud_password(password)


async def password_hint(client):
    return await the(client).get_password_hint()


async def check_password(client, password):
    with answers() as seen:
        await the(client).check_password(password)
    await clients.held[client].signed_in()
    return views.user(seen[-1].user)


async def show_qr(client):
    from pyrogram.qrlogin import QRLogin
    login = QRLogin(the(client))
    await login.recreate()
    waiting[client] = asyncio.create_task(login.wait())
    return base64.b64encode(login.r.token).decode()


async def await_qr(client):
    await waiting[client]
    await clients.held[client].signed_in()
    return views.user((await the(client).invoke(raw.functions.users.GetUsers(id=[raw.types.InputUserSelf()])))[0])


async def accept_qr(client, token):
    await the(client).invoke(raw.functions.auth.AcceptLoginToken(token=base64.b64decode(token)))
