using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Tessera.Generators.Tests.Infra;

/// <summary>Compilations of test sources with the DSL's attributes and a stub of its runtime.</summary>
internal static class Compiled
{
    private static readonly CSharpParseOptions s_parse =
        CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp14).WithDocumentationMode(DocumentationMode.Diagnose);

    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static p => Path.GetFileName(p) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Collections.dll"
                or "System.Memory.dll" or "System.Threading.dll" or "Tessera.Runtime.dll" or "Microsoft.ML.OnnxRuntime.dll" or "System.Collections.Immutable.dll" or "System.Linq.dll")
            .Select(static p => MetadataReference.CreateFromFile(p)),
    ];

    private static readonly SyntaxTree[] s_runtime =
    [
        Parse("global using System; global using System.Collections.Generic; global using System.Linq;", "Usings.cs"),
        Parse(Repository.Read("tests/Tessera.Generators.Tests/Sources/Runtime.cs"), "Runtime.cs"),
        Parse(Repository.Read("tests/Tessera.Generators.Tests/Sources/Layers.cs"), "Layers.cs"),
        .. Repository.Files("compiler/Tessera.Nn/Attributes").Select(static f => Parse(File.ReadAllText(f), Path.GetFileName(f))),
    ];

    public static SyntaxTree Parse(string source, string path = "Model.cs") => CSharpSyntaxTree.ParseText(source, s_parse, path);

    public static CSharpCompilation Create(string source) => CSharpCompilation.Create(
        "Models",
        [.. s_runtime, Parse(source)],
        s_references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>A project that has all of it from a library.</summary>
    public static CSharpCompilation Using(Compilation library, string source)
    {
        using MemoryStream image = new();
        Assert.True(library.Emit(image).Success);
        return CSharpCompilation.Create(
            "App",
            [s_runtime[0], Parse(source)],
            [.. s_references, MetadataReference.CreateFromImage(image.ToArray())],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>A driver that remembers why each step ran.</summary>
    public static GeneratorDriver Driver(IIncrementalGenerator generator) => CSharpGeneratorDriver.Create(
        [generator.AsSourceGenerator()],
        parseOptions: s_parse,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
}
