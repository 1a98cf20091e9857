//! A small disk of one's own: an ext4 file system in a file, whose power can be cut and which can be full. Needs root.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

const MIB: u64 = 1024 * 1024;
/// `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`: from now on nothing reaches the disk, and what the journal holds
/// in memory is forgotten. Python, because calling the system so is not safe Rust.
const CUT: &str = "import fcntl,os,struct,sys\n\
    fd=os.open(sys.argv[1],os.O_RDONLY)\n\
    sys.stdin.read()\n\
    fcntl.ioctl(fd,0x8004587D,struct.pack('I',2))";

/// A mounted file system; gone when dropped.
pub struct Disk {
    image: PathBuf,
    mount: PathBuf,
    is_mounted: bool,
}

impl Disk {
    /// Makes and mounts one of so many MiB.
    ///
    /// # Errors
    /// When this machine does not let us.
    pub fn make(folder: &Path, mib: u64) -> Result<Self> {
        let (image, mount) = (folder.join("disk.img"), folder.join("disk"));
        std::fs::create_dir_all(&mount)?;
        std::fs::File::create(&image)?.set_len(mib * MIB)?;
        run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image))?;
        let mut disk = Self { image, mount, is_mounted: false };
        disk.mount()?;
        Ok(disk)
    }

    /// Whether this machine lets us at all.
    ///
    /// # Errors
    /// Why not.
    pub fn check() -> Result<()> {
        if !rustix::process::geteuid().is_root() {
            bail!("mounting needs root");
        }
        let folder = tempfile::tempdir()?;
        Self::make(folder.path(), 16).map(drop)
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.mount
    }

    /// Mounts it; what its journal holds is replayed.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn mount(&mut self) -> Result<()> {
        run(Command::new("mount").args(["-o", "loop"]).arg(&self.image).arg(&self.mount))?;
        self.is_mounted = true;
        Ok(())
    }

    /// Unmounts it.
    ///
    /// # Errors
    /// When somebody uses it.
    pub fn unmount(&mut self) -> Result<()> {
        run(Command::new("umount").arg(&self.mount))?;
        self.is_mounted = false;
        Ok(())
    }

    /// Makes everything so far durable.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn sync(&self) -> Result<()> {
        run(Command::new("sync").arg("-f").arg(&self.mount))
    }

    /// A hand on the switch: [`Switch::cut`] then cuts at once.
    ///
    /// # Errors
    /// Without Python.
    pub fn switch(&self) -> Result<Switch> {
        let child = Command::new("python3")
            .args(["-c", CUT])
            .arg(&self.mount)
            .stdin(Stdio::piped())
            .spawn()
            .context("python3")?;
        Ok(Switch(child))
    }

    /// Fills it with ballast to the last block; remove the file to make room.
    ///
    /// # Errors
    /// When it cannot be written for another reason than being full.
    pub fn fill(&self) -> Result<PathBuf> {
        let ballast = self.mount.join("ballast");
        let mut file = std::fs::File::create(&ballast)?;
        let block = vec![1; MIB as usize];
        loop {
            match file.write(&block) {
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::StorageFull => return Ok(ballast),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted && self.unmount().is_err() {
            // Somebody still looks: it goes when they do.
            let _ = run(Command::new("umount").arg("-l").arg(&self.mount));
        }
        let _ = std::fs::remove_file(&self.image);
    }
}

/// Somebody waiting to cut the power.
pub struct Switch(std::process::Child);

impl Switch {
    /// Cuts it.
    ///
    /// # Errors
    /// When the file system cannot do that.
    pub fn cut(mut self) -> Result<()> {
        drop(self.0.stdin.take());
        let status = self.0.wait()?;
        if status.success() { Ok(()) } else { bail!("the power could not be cut: {status}") }
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    if output.status.success() {
        return Ok(());
    }
    bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim())
}
