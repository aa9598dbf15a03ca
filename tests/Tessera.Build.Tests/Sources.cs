namespace Tessera.Build.Tests;

/// <summary>What the projects of these tests consist of.</summary>
public static class Sources
{
    /// <summary>A model of one mean of tokens; its width decides whether its shapes fit.</summary>
    public static string Module(string name, int width = 6, string comment = "") => $$"""
        using Tessera.Nn;
        using Tessera.Nn.Layers;

        namespace Models;

        {{comment}}
        [Module]
        [Ragged("n")]
        public sealed partial class {{name}}
        {
            public Linear Up { get; } = new(4, {{width}});

            public Linear Down { get; } = new(6, 3);

            public Tensor Forward([Input("f32[n, 4]")] Tensor x)
            {
                Tensor y = x.Apply(Up);
                return Functional.Mean(y.Apply(Down), axes: 0);
            }
        }
        """;

    /// <summary>A file of weights of <see cref="Module"/>, all of one number.</summary>
    public static byte[] Weights(float value)
    {
        (string Name, int[] Dims)[] weights = [("up.weight", [6, 4]), ("up.bias", [6]), ("down.weight", [3, 6]), ("down.bias", [3])];
        int at = 0;
        string header = string.Join(',', weights.Select(w =>
        {
            int from = at;
            at += sizeof(float) * w.Dims.Aggregate(static (a, b) => a * b);
            return $$"""
                "{{w.Name}}":{"dtype":"F32","shape":[{{string.Join(',', w.Dims)}}],"data_offsets":[{{from}},{{at}}]}
                """;
        }));
        byte[] text = System.Text.Encoding.UTF8.GetBytes($"{{{header}}}");
        float[] numbers = [.. Enumerable.Repeat(value, at / sizeof(float))];
        return [.. BitConverter.GetBytes((long)text.Length), .. text, .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan())];
    }

    /// <summary>Runs packed models of <see cref="Module"/> and prints their sizes.</summary>
    public static string Program(string folder, params string[] models) => $$"""
        using Tessera.Runtime;

        foreach (string model in "{{string.Join(' ', models)}}".Split(' '))
        {
            using ModelSession session = ModelSession.Open(Path.Combine(AppContext.BaseDirectory, "models", "{{folder}}", $"{model}.onnx"));
            PackedBatch batch = new BatchBuilder().AddTokens("x", "n", new float[][] { new float[8], new float[4] }, 4).Pack();
            using RunResult result = session.Run(batch.Inputs);
            Console.WriteLine($"{model} gives {result["output"]}");
        }
        """;

    /// <summary>Runs the typed session of a packed model of <see cref="Module"/> and prints what it gives.</summary>
    public static string TypedProgram(string model) => $$"""
        using {{model}}Session session = new();
        using {{model}}Session.Outputs result = session.Run(new float[12], new[] { 0, 2, 3 });
        Console.WriteLine($"{{model}} gives {result}, {result.Output.Count} numbers");
        """;

    /// <summary>The program of the page on models in a build: a model of the project and one from a file.</summary>
    public const string PageProgram = """
        using Microsoft.Extensions.DependencyInjection;
        using Models;
        using Tessera.Runtime;

        // Two examples: tokens 0 and 1, and token 2.
        using EncoderSession encoder = new();
        using EncoderSession.Outputs result = encoder.Run(new float[12], new[] { 0, 2, 3 });
        Span<float> vectors = result.Output.Span;                           // f32[batch, 3]

        // The same examples from a batch; the output goes where the caller wants it.
        PackedBatch batch = new BatchBuilder().AddTokens("x", "n", new float[][] { new float[8], new float[4] }, 4).Pack();
        using EncoderSession.Outputs same = encoder.Run(batch);
        float[] buffer = new float[6];
        encoder.RunInto(new float[12], new[] { 0, 2, 3 }, new() { Output = buffer }).Dispose();

        // One instance for a whole application; any thread may run it.
        ServiceCollection services = new();
        services.AddRecogniserSession(new ModelSessionOptions { IntraOpThreads = 1 });
        using ServiceProvider provider = services.BuildServiceProvider();
        RecogniserSession recogniser = provider.GetRequiredService<RecogniserSession>();
        using RecogniserSession.Outputs read = recogniser.Run(SessionInput.Of(new float[12], 3, 4), new[] { 0, 2, 3 });
        """;
}
