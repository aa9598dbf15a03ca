using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Tessera.Mutations;

/// <summary>
/// A test assembly and what it references of the project, one of these exchanged for a mutant. What is not the project's own is
/// loaded once for all mutants.
/// </summary>
internal sealed class MutantContext(string folder, string? mutated, byte[] mutant) : AssemblyLoadContext(isCollectible: false)
{
    private const string Own = "Tessera.";

    /// <summary>Has the process look for what is not the project's own in a test project's output.</summary>
    public static void Share(string folder)
    {
        Default.Resolving += (context, name) => Path.Combine(folder, name.Name + ".dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        Default.ResolvingUnmanagedDll += (_, name) => Native(folder, name);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not { } name || !name.StartsWith(Own, StringComparison.Ordinal))
        {
            return null;
        }

        if (name == mutated)
        {
            using MemoryStream bytes = new(mutant);
            return LoadFromStream(bytes);
        }

        string path = Path.Combine(folder, name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) => Native(folder, unmanagedDllName);

    private static nint Native(string folder, string name)
    {
        foreach (string place in (string[])[folder, Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native")])
        {
            foreach (string file in (string[])[name, $"lib{name}.so", $"{name}.dll", $"lib{name}.dylib"])
            {
                if (NativeLibrary.TryLoad(Path.Combine(place, file), out nint handle))
                {
                    return handle;
                }
            }
        }

        return 0;
    }
}
