#!/usr/bin/env bash
# Makes what a GPU machine without network and .NET needs, of published programs and ONNX Runtime's own package for CUDA 13.
#
# usage: KIT_TOOLS=folder make-kit.sh OUT_DIR APP_DIR...      APP_DIR as published (see the README of tests/Tessera.Gpu)
#
# KIT_TOOLS holds slim_fatbin.py, which leaves other architectures' code out of a library, and run.sh, which unpacks a kit and starts a
# program of it. The slimmed libraries are made once and kept in the user's cache. GPU_ARCH is the GPU's compute capability without the dot
# (90 when unset).
set -euo pipefail
[[ $# -ge 2 ]] || { sed -n '2,8p' "$0" >&2; exit 2; }
tools=$(cd "${KIT_TOOLS:?a folder with slim_fatbin.py and run.sh}" && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
shift
version=1.31.0
arch=${GPU_ARCH:-90}
cached=${XDG_CACHE_HOME:-$HOME/.cache}/tessera-gpu-kit/ort-$version-sm$arch.tar.xz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ ! -f $cached ]]; then
  cat > "$work/kit.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.ML.OnnxRuntime.Gpu.Linux" Version="$version" /></ItemGroup>
</Project>
PROJECT
  dotnet restore "$work/kit.csproj" -v q -nologo -p:RestorePackagesPath="$work/packages"
  native=$(find "$work/packages" -type d -path '*/linux-x64/native' | head -n 1)
  mkdir -p "$work/ort" "$(dirname "$cached")"
  cp "$native/libonnxruntime.so" "$native/libonnxruntime_providers_shared.so" "$work/ort/"
  "$tools/slim_fatbin.py" "$native/libonnxruntime_providers_cuda.so" "$work/ort/libonnxruntime_providers_cuda.so" "$arch"
  tar -C "$work" -cf - ort | xz -T0 -9e > "$cached.part"
  mv "$cached.part" "$cached"
fi

mkdir "$work/app"
for app in "$@"; do
  copy=$work/app/$(basename "$app")
  cp -r "$app" "$copy"
  # Of .NET's own, what debuggers and tracers load stays behind.
  find "$copy" \( -name 'libonnxruntime*' -o -name '*.pdb' -o -name '*.dbg' -o -name 'Tessera.*.xml' -o -name 'libmscord*' -o -name 'libclrgc*' \
    -o -name 'libcoreclrtraceptprovider.so' -o -name createdump \) -delete
done
tar -C "$work" -cf - app | xz -T0 -6 > "$out/app.tar.xz"
cp "$cached" "$out/ort.tar.xz"
cp "$tools/run.sh" "$out/run.sh"
chmod u+w "$out/run.sh"
ls -l "$out"
