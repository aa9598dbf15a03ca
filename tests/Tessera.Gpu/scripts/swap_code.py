#!/usr/bin/env python3
"""Put other machine code where the committed PTX is embedded in a copy of Tessera.Kernels.dll.

usage: swap_code.py COPY_OF_DLL CUDA_SOURCES CUBINS

For every NAME.ptx below CUDA_SOURCES whose text is found in the library and for which CUBINS holds NAME.cubin, the text is overwritten with
the cubin and zeros: the driver loads either, and the file keeps its layout. Fails, and changes nothing, where a text is not found exactly once or
a cubin is larger than its text. For a comparison on a GPU machine only: it never ships.
"""
import pathlib
import sys


def main() -> None:
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    library, sources, cubins = (pathlib.Path(p) for p in sys.argv[1:])
    data = bytearray(library.read_bytes())
    swapped = 0
    for ptx in sorted(sources.rglob("*.ptx")):
        cubin = cubins / f"{ptx.stem}.cubin"
        if not cubin.exists():
            print(f"{ptx.name}: no cubin, left as it is")
            continue
        text, code = ptx.read_bytes(), cubin.read_bytes()
        if data.count(text) != 1:
            raise SystemExit(f"{ptx.name} is not embedded in {library.name} once: was it published from these sources?")
        if len(code) > len(text):
            raise SystemExit(f"{cubin.name} takes {len(code)} bytes, its text {len(text)}")
        at = data.find(text)
        data[at:at + len(text)] = code + bytes(len(text) - len(code))
        swapped += 1
    if swapped == 0:
        raise SystemExit("nothing to swap")
    library.write_bytes(data)
    print(f"{library}: {swapped} modules are nvcc's")


if __name__ == "__main__":
    main()
