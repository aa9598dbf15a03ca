// A model in C# for one example, its graph before and after rewriting, and two examples run packed in one call.
using HelloGraph;
using Tessera.Compiler;
using Tessera.Ir.Text;
using Tessera.Runtime;

CompiledModel model = ModelCompiler.Compile(new Hello(), new CompileOptions { Batch = Batching.Packed, Seed = 1 });
Console.WriteLine("Traced, for one example:");
Console.WriteLine(Printer.Print(model.Single));
Console.WriteLine("Rewritten and batched:");
Console.WriteLine(Printer.Print(model.Graph));

// Three tokens of a first example, then one of a second: no padding between them.
float[] tokens = [1, 2, 3, 4, 0, 1, 0, 1, -1, 0, 1, 0, 4, 3, 2, 1];
using ModelSession session = model.OpenSession();
using RunResult result = session.Run(TensorInput.From("x", tokens, 4, 4), TensorInput.From("cu_seqlens_n", [0, 3, 4], 3));
Span<float> y = result.Span<float>(0);
for (int example = 0; example < 2; example++)
{
    Console.WriteLine($"y[{example}] = {string.Join(", ", y.Slice(4 * example, 4).ToArray().Select(static v => v.ToString("F4")))}");
}
