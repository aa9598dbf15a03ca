using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Tessera.Generators.Modules;
using Xunit;

namespace Tessera.Generators.Tests.Infra;

/// <summary>What the module generator adds to a source.</summary>
internal sealed class Generated
{
    private readonly Dictionary<string, string> _files;

    private Generated(Compilation compilation, Dictionary<string, string> files)
    {
        Compilation = compilation;
        _files = files;
    }

    public Compilation Compilation { get; }

    public IEnumerable<string> Names => _files.Keys.Order(StringComparer.Ordinal);

    public string this[string hintName] => _files[hintName];

    /// <summary>Runs the generator; the result must compile without an error or a warning unless a test expects some.</summary>
    public static Generated From(string source, params string[] expectedIds)
    {
        var driver = Compiled.Driver(new ModuleGenerator())
            .RunGeneratorsAndUpdateCompilation(Compiled.Create(source), out var compilation, out var diagnostics);
        Assert.Empty(diagnostics);
        var complaints = compilation.GetDiagnostics()
            .Where(d => d.Severity >= DiagnosticSeverity.Warning && !expectedIds.Contains(d.Id) && !IsUndocumentedTestSource(d));
        Assert.Empty(complaints);
        var files = driver.GetRunResult().Results.Single().GeneratedSources
            .ToDictionary(static f => f.HintName, static f => f.SourceText.ToString());
        return new(compilation, files);
    }

    /// <summary>CS1591 counts against generated members only.</summary>
    private static bool IsUndocumentedTestSource(Diagnostic diagnostic) =>
        diagnostic is { Id: "CS1591", Location.SourceTree.FilePath: var path } && !path.EndsWith(".g.cs", StringComparison.Ordinal);

    public bool Has(string hintName) => _files.ContainsKey(hintName);

    /// <summary>The compiled assembly, loaded, to look at what generated members return.</summary>
    public Assembly Load()
    {
        using var image = new MemoryStream();
        var result = Compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        image.Position = 0;
        return new AssemblyLoadContext("models", isCollectible: true).LoadFromStream(image);
    }
}
