using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Passes;
using Tessera.Passes.Replay;
using Xunit.Sdk;

namespace Tessera.Testing.FileTests;

/// <summary>
/// Runs text-IR files: the output must be exactly as expected, every rewritten site must hold when it is replayed, and the
/// graphs before and after must compute the same on generated inputs. <c>TESSERA_BLESS=1</c> rewrites the expectations.
/// </summary>
public static class FileTestRunner
{
    private static readonly string s_root = Path.Combine(Repository.Root, "tests", "filetests");
    private static readonly ReplayOptions s_replay = ReplayOptions.Default with { Cases = 12 };

    /// <summary>All files under a folder of <c>tests/filetests</c>, by path from there, in ordinal order.</summary>
    public static IEnumerable<string> Files(string folder)
    {
        string directory = Path.Combine(s_root, folder);
        return Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, "*.ir", SearchOption.AllDirectories)
                .Select(static f => Path.GetRelativePath(s_root, f)).Order(StringComparer.Ordinal)
            : [];
    }

    /// <summary>Runs all cases of a file.</summary>
    public static void Run(string file)
    {
        string path = Path.Combine(s_root, file);
        IReadOnlyList<FileTestCase> cases = FileTestCase.Read(path);
        if (Environment.GetEnvironmentVariable("TESSERA_BLESS") == "1")
        {
            File.WriteAllText(path, FileTestCase.Write([.. cases.Select(static c => c with { Expected = Actual(c) })]));
            return;
        }

        foreach (FileTestCase test in cases)
        {
            string actual = Actual(test);
            if (test.Expected != actual)
            {
                throw new XunitException($"{test}\nexpected\n{test.Expected}\ngot\n{actual}\nTESSERA_BLESS=1 takes what it got.");
            }
        }
    }

    /// <summary>What the passes of a case make of its graph, as the file writes it.</summary>
    public static string Actual(FileTestCase test) => Actual(test, FileTestPasses.Parse);

    /// <summary>The same, with passes of other names than the pipelines know.</summary>
    public static string Actual(FileTestCase test, Func<string, IReadOnlyList<IPass>> passes)
    {
        try
        {
            bool takesClaims = FileTestPasses.TakesClaims(test.Passes);
            Graph before = Parser.Parse(test.Input, "input", takesClaims);
            PassContext context = new(new PassOptions { Verify = true, RecordRewrites = true });
            Verifier.Verify(before);
            IReadOnlyList<IPass> run = passes(test.Passes);
            Graph after = PassRunner.Run(before, run, context);
            Graph readBack = Parser.Parse(Printer.Print(after), takesClaims: takesClaims);
            if (Printer.Print(readBack) != Printer.Print(after))
            {
                throw new XunitException($"{test}: what was printed does not read back.");
            }

            RequireSame(before, FileTestPasses.KeepInterface(run) ? after : null, test, context);
            return Printer.Print(after) + string.Concat(context.Rejections.Select(static r => $"// rejected: {r.Rule} at {r.Op}: {r.Reason}\n"));
        }
        catch (TesseraException e)
        {
            return $"// error: {e.Message}\n";
        }
    }

    // A batched graph takes other inputs; that it computes the same is for the tests of batching.
    private static void RequireSame(Graph before, Graph? after, FileTestCase test, PassContext context)
    {
        IEnumerable<SiteReport> sites = SiteReplay.VerifyRewrites(before, context.Rewrites, s_replay);
        ReplayOptions whole = s_replay with
        {
            WhereFinite = context.Rewrites.Any(static r => r.Ground.WhereFinite),
            WhereOrdered = context.Rewrites.Any(static r => r.Ground.WhereOrdered),
        };
        foreach (SiteReport report in after is null ? sites : sites.Append(GraphEquivalence.Check(before, after, "the whole graph", whole)))
        {
            if (!report.Holds)
            {
                throw new XunitException($"{test}: {report}");
            }
        }
    }
}
