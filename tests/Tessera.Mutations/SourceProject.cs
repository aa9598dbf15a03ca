using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Tessera.Mutations;

/// <summary>A project as the compiler sees it, held in memory so that compiling it again with one file changed takes about a second.</summary>
internal sealed class SourceProject
{
    private readonly CSharpCompilation _compilation;
    private GeneratorDriver _generators;
    private IEnumerable<Diagnostic> _errors = [];

    private SourceProject(CSharpCompilation compilation, GeneratorDriver generators) =>
        (_compilation, _generators) = (compilation, generators);

    public string AssemblyName => _compilation.AssemblyName!;

    /// <summary>The project file nearest above a source file.</summary>
    public static string Of(string root, string file)
    {
        for (DirectoryInfo? folder = new FileInfo(Path.Combine(root, file)).Directory; folder is not null; folder = folder.Parent)
        {
            if (folder.Exists && folder.EnumerateFiles("*.csproj").FirstOrDefault() is { } project)
            {
                return project.FullName;
            }
        }

        throw new InvalidDataException($"{file} belongs to no project.");
    }

    /// <summary>Asks MSBuild how it would call the compiler; the project and what it references must be built.</summary>
    public static SourceProject Open(string project)
    {
        string folder = Path.GetDirectoryName(project)!;
        CSharpCommandLineArguments arguments = CSharpCommandLineParser.Default.Parse(CompilerArguments(project), folder, null);
        CSharpParseOptions parsing = arguments.ParseOptions.WithDocumentationMode(DocumentationMode.None);
        SyntaxTree[] trees =
        [
            .. arguments.SourceFiles.Select(f => CSharpSyntaxTree.ParseText(Text(File.ReadAllText(f.Path)), parsing, f.Path)),
        ];
        CSharpCompilation compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(arguments.OutputFileName),
            trees,
            arguments.MetadataReferences.Select(static r => MetadataReference.CreateFromFile(r.Reference, r.Properties)),
            // Warnings matter to nobody here, and looking for nulls takes a third of the time.
            arguments.CompilationOptions.WithGeneralDiagnosticOption(ReportDiagnostic.Default).WithNullableContextOptions(NullableContextOptions.Disable));
        Loader loader = new();
        IEnumerable<ISourceGenerator> generators = arguments.AnalyzerReferences
            .SelectMany(r => new AnalyzerFileReference(Path.GetFullPath(r.FilePath, folder), loader).GetGenerators(LanguageNames.CSharp));
        SourceProject opened = new(compilation, CSharpGeneratorDriver.Create(generators, parseOptions: parsing));
        return opened.Emit(compilation) is not null ? opened
            : throw new InvalidOperationException($"{project} does not compile in memory: {string.Join('\n', opened._errors.Take(5))}");
    }

    /// <summary>The assembly with one file changed; null where it does not compile.</summary>
    public byte[]? Compile(string path, string source)
    {
        SyntaxTree tree = _compilation.SyntaxTrees.Single(t => t.FilePath == path);
        return Emit(_compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(Text(source))));
    }

    private byte[]? Emit(CSharpCompilation compilation)
    {
        _generators = _generators.RunGeneratorsAndUpdateCompilation(compilation, out Compilation complete, out _);
        using MemoryStream assembly = new();
        EmitResult result = complete.Emit(assembly);
        _errors = result.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error);
        return result.Success ? assembly.ToArray() : null;
    }

    private static SourceText Text(string source) => SourceText.From(source, System.Text.Encoding.UTF8);

    private static IEnumerable<string> CompilerArguments(string project)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet",
        [
            "msbuild", project, "-t:Compile", "-p:Configuration=Release", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true",
            "-p:ProvideCommandLineArgs=true", "-p:NonExistentFile=none.always",
            "-p:BuildProjectReferences=false", "-getItem:CscCommandLineArgs",
        ])
        { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        using JsonDocument document = JsonDocument.Parse(output);
        return
        [
            .. document.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray()
                .Select(static a => a.GetProperty("Identity").GetString()!),
        ];
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
