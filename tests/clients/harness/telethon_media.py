"""The operations of a Telethon client that move pictures and files."""

from telethon import functions, types

from .telethon_calls import operation


class Media:
    @operation
    async def send_photo(self, chat, path, caption):
        return self._view(await self.client.send_file(chat, path, caption=caption))

    @operation
    async def send_file(self, chat, path, caption):
        return self._view(await self.client.send_file(chat, path, caption=caption, force_document=True))

    @operation
    async def send_voice(self, chat, path, duration, caption):
        attributes = [types.DocumentAttributeAudio(duration=duration, voice=True)]
        return self._view(await self.client.send_file(chat, path, caption=caption, voice_note=True, attributes=attributes))

    @operation
    async def send_album(self, chat, paths):
        return [self._view(it) for it in await self.client.send_file(chat, paths)]

    @operation
    async def edit_photo(self, chat, id, path, caption):
        return self._view(await self.client.edit_message(chat, id, caption, file=path))

    @operation
    async def download(self, chat, id, path, size=None):
        message = await self.client.get_messages(chat, ids=id)
        assert await self.client.download_media(message, path, thumb=size) == path

    @operation
    async def chunk(self, chat, id, bytes, fresh):
        """The first bytes of a file, asked for with the reference that just came, or with the one that came first."""
        if fresh:
            self.kept = (await self.client.get_messages(chat, ids=id)).media.document
        it = self.kept
        location = types.InputDocumentFileLocation(it.id, it.access_hash, it.file_reference, thumb_size="")
        return (await self.client(functions.upload.GetFileRequest(location, offset=0, limit=bytes))).bytes.hex()

    @operation
    async def set_profile_photo(self, path):
        await self.client(functions.photos.UploadProfilePhotoRequest(file=await self.client.upload_file(path)))

    @operation
    async def profile_photo(self, user, path):
        return await self.client.download_profile_photo(await self.client.get_entity(user), path, download_big=True) == path

    @operation
    async def delete_profile_photos(self):
        await self.client(functions.photos.DeletePhotosRequest(await self.client.get_profile_photos("me")))
