using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.Loader;
using Tessera.Ir;
using Tessera.Nn;
using Module = Tessera.Nn.Module;

namespace Tessera.Cli;

/// <summary>
/// Finds and makes entry modules of a compiled assembly. The assembly's own dependencies are loaded from beside it;
/// Tessera's own are this tool's, so that types agree. The context is not collectible: its code would be optimised at once, and calls in tail
/// position would take away the frames that tell an error's line.
/// </summary>
internal sealed class ModuleLoader : AssemblyLoadContext
{
    // What this tool compiles with, whoever else begins a name with Tessera.
    private static readonly FrozenDictionary<string, AssemblyName> s_own = Own(typeof(Compiler.ModelCompiler).Assembly);

    private readonly AssemblyDependencyResolver _resolver;
    private readonly Assembly _assembly;
    private readonly string _path;
    private readonly Dictionary<string, string> _references;

    /// <param name="path">The assembly.</param>
    /// <param name="references">Assemblies that it may need, wherever they are; beside them those that lie with it.</param>
    public ModuleLoader(string path, IEnumerable<string>? references = null)
    {
        if (!File.Exists(path))
        {
            throw new TesseraException("TSR1202", path, "there is no such assembly.", "Build the project first and name its .dll.");
        }

        _path = Path.GetFullPath(path);
        _references = (references ?? []).GroupBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase).ToDictionary(static g => g.Key!, static g => Path.GetFullPath(g.First()), StringComparer.OrdinalIgnoreCase);
        _resolver = new AssemblyDependencyResolver(_path);
        _assembly = Open(_path);
        CheckVersions();
    }

    /// <summary>The module of a full or simple type name, made by a preset or without arguments: one of the assembly's, or else of Tessera.Nn's own.</summary>
    public Module Create(string typeName, string? preset)
    {
        ModuleEntryAttribute[] entries = [.. _assembly.GetCustomAttributes<ModuleEntryAttribute>()];
        ModuleEntryAttribute[] library = [.. typeof(Module).Assembly.GetCustomAttributes<ModuleEntryAttribute>()];
        ModuleEntryAttribute[] named = entries.Any(e => IsNamed(e, typeName)) ? [.. entries.Where(e => IsNamed(e, typeName))] : [.. library.Where(e => IsNamed(e, typeName))];
        if (named.Length != 1)
        {
            string known = _assembly == typeof(Module).Assembly ? "It has" : $"It has {(entries.Length == 0 ? "none" : Listed(entries))}. Tessera.Nn has";
            throw new TesseraException("TSR1203", _path, $"{(named.Length == 0 ? "no entry module" : "more than one entry module")} is called '{typeName}'.", $"{known} {Listed(library)}.");
        }

        MethodInfo factory = named[0].Module.GetMethod("FromPreset", BindingFlags.Public | BindingFlags.Static)
            ?? throw new TesseraException("TSR1204", typeName, "the module was compiled without Tessera's generator.", "Reference Tessera.Generators as an analyzer.");
        return Invoke(factory, preset);
    }

    private static bool IsNamed(ModuleEntryAttribute entry, string typeName) =>
        entry.Module.FullName?.Replace('+', '.') == typeName.Replace('+', '.') || entry.Module.Name == typeName;

    private static string Listed(ModuleEntryAttribute[] entries) => string.Join(", ", entries.Select(static e => e.Module.FullName).Order(StringComparer.Ordinal));

    protected override Assembly? Load(AssemblyName assemblyName) =>
        Default.Assemblies.Any(a => a.GetName().Name == assemblyName.Name) || s_own.ContainsKey(assemblyName.Name!)
            ? null
            : PathOf(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    private string? PathOf(AssemblyName name) =>
        _references.GetValueOrDefault(name.Name!) is { } known && File.Exists(known) ? known : _resolver.ResolveAssemblyToPath(name);

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;

    // One of this tool's own has a single copy, or its modules were of types that nobody else knows.
    private Assembly Open(string path)
    {
        if (!s_own.TryGetValue(Path.GetFileNameWithoutExtension(path), out AssemblyName? own))
        {
            return LoadFromAssemblyPath(path);
        }

        CheckVersion(AssemblyName.GetAssemblyName(path), own);
        return Default.LoadFromAssemblyName(own);
    }

    private static FrozenDictionary<string, AssemblyName> Own(Assembly root)
    {
        Dictionary<string, AssemblyName> found = [];
        Stack<Assembly> left = new([root]);
        while (left.TryPop(out Assembly? assembly))
        {
            AssemblyName name = assembly.GetName();
            if (found.TryAdd(name.Name!, name))
            {
                foreach (AssemblyName used in assembly.GetReferencedAssemblies().Where(static n => n.Name!.StartsWith("Tessera.", StringComparison.Ordinal)))
                {
                    left.Push(Assembly.Load(used));
                }
            }
        }

        return found.ToFrozenDictionary();
    }

    private void CheckVersions()
    {
        foreach (AssemblyName used in _assembly.GetReferencedAssemblies())
        {
            if (s_own.TryGetValue(used.Name!, out AssemblyName? own))
            {
                CheckVersion(used, own);
            }
        }
    }

    // A member that moved between versions would be missed in the middle of a compilation, without a word of why.
    private void CheckVersion(AssemblyName used, AssemblyName own)
    {
        if (own.Version != used.Version)
        {
            throw new TesseraException(
                "TSR1210", _path, $"the assembly was built against {used.Name} {used.Version}, this tool is of {own.Version}.", "Use the tool and the packages of one version.");
        }
    }

    // What the module's own code throws is the user's error, not this tool's.
    private static Module Invoke(MethodInfo factory, string? preset)
    {
        try
        {
            return (Module)factory.Invoke(null, [preset])!;
        }
        catch (TargetInvocationException error) when (error.InnerException is { } inner)
        {
            throw inner as TesseraException ?? new TesseraException("TSR1205", factory.DeclaringType!.Name, inner.Message, inner: inner);
        }
    }
}
