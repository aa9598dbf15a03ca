// Feeds damaged models to the importer: dotnet run -c Release --project tests/Tessera.Fuzz -- [corpus | mutate --seconds N --seed S]
using System.CommandLine;
using Tessera.Fuzz;

Option<string?> only = new("--only") { Description = "Only cases whose name holds this." };
Option<int> seconds = new("--seconds") { Description = "How long to go on.", DefaultValueFactory = static _ => 60 };
Option<int> seed = new("--seed") { Description = "The first seed; each mutant has the next.", DefaultValueFactory = static _ => 1 };
Option<string?> models = new("--models") { Description = "A folder of models to damage, besides those of the samples." };
Option<string?> write = new("--write") { Description = "Writes the mutant of the first seed to this file, and runs none." };
Command corpus = new("corpus", "Runs the malformed corpus and prints how each case ends.") { only };
Command mutate = new("mutate", "Damages models at random, reproducibly, and reports what is no coded error.") { seconds, seed, models, write };
corpus.SetAction(result => Corpus.Run(result.GetValue(only)));
mutate.SetAction(result => result.GetValue(write) is { } file
    ? Mutants.Write(result.GetValue(seed), result.GetValue(models), file)
    : Mutants.Run(result.GetValue(seed), TimeSpan.FromSeconds(result.GetValue(seconds)), result.GetValue(models)));
return new RootCommand("Damaged models against the importer.") { corpus, mutate }.Parse(args).Invoke();
