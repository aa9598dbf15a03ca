namespace Tessera.Build.Tests;

/// <summary>What the projects of these tests consist of.</summary>
internal static class Sources
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

    /// <summary>Runs the typed session of a packed model of <see cref="Module"/>, by a container too, and prints what it gives.</summary>
    public static string TypedProgram(string model) => $$"""
        using Microsoft.Extensions.DependencyInjection;
        using Models;
        using Tessera.Runtime;

        using {{model}}Session model = new();
        using {{model}}Session.Outputs result = model.Run(new float[12], new[] { 0, 2, 3 });
        Console.WriteLine($"{{model}} gives {result} of {result.Output.Count}");

        ServiceCollection services = new();
        services.Add{{model}}Session(new ModelSessionOptions { IntraOpThreads = 1 });
        using ServiceProvider provider = services.BuildServiceProvider();
        {{model}}Session one = provider.GetRequiredService<{{model}}Session>();
        float[] mean = new float[6];
        PackedBatch batch = new BatchBuilder().AddTokens("x", "n", new float[][] { new float[8], new float[4] }, 4).Pack();
        Console.WriteLine($"one for all: {ReferenceEquals(one, provider.GetRequiredService<{{model}}Session>())}, {one.Run(batch)}, {one.Run(new float[12], new[] { 0, 2, 3 }, new() { Output = mean })}");
        """;
}
