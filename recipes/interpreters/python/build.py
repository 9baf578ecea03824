import os
import pathlib

share = pathlib.Path(os.environ["PREFIX"], "share", "hello")
share.mkdir(parents=True)
(share / "python.txt").write_text("hello from python\n")
print(f"wrote {share / 'python.txt'}")
