// Command sdkgen writes the SDK of a package schema as `pulumi package add` does, with Pulumi's own generators: the
// language hosts that can be built from Go modules are older than the call for it.
//
//	sdkgen SCHEMA.json python|go|nodejs|dotnet FOLDER
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/pulumi/pulumi/pkg/v3/codegen/dotnet"
	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: sdkgen SCHEMA.json python|go|nodejs|dotnet FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file, language, folder string) error {
	pkg, err := read(file)
	if err != nil {
		return err
	}
	// What `pulumi package add` sets for every package: the SDK is a module of its own.
	pkg.SupportPack = true
	files, err := generate(language, pkg)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func read(file string) (*schema.Package, error) {
	bytes, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(bytes, &spec); err != nil {
		return nil, err
	}
	pkg, diags, err := schema.BindSpec(spec, nil, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if diags.HasErrors() {
		return nil, diags
	}
	return pkg, nil
}

func generate(language string, pkg *schema.Package) (map[string][]byte, error) {
	const tool = "pulumi"
	switch language {
	case "python":
		return python.GeneratePackage(tool, pkg, nil, nil)
	case "go":
		return gogen.GeneratePackage(tool, pkg, nil)
	case "nodejs":
		files, err := nodejs.GeneratePackage(tool, pkg, nil, nil, true, nil)
		return withLevels(files), err
	case "dotnet":
		return dotnet.GeneratePackage(tool, pkg, nil, nil)
	default:
		return nil, fmt.Errorf("no language %q", language)
	}
}

var missedLevel = regexp.MustCompile(`from "\./(types/\w+|utilities)"`)

// withLevels mends what the Node generator writes when it is built with Go 1.26, whose filepath.Rel answers ".." where
// it was "../.": imports of files in folders miss one level.
func withLevels(files map[string][]byte) map[string][]byte {
	for name, content := range files {
		if filepath.Dir(name) != "." {
			files[name] = missedLevel.ReplaceAll(content, []byte(`from "../$1"`))
		}
	}
	return files
}
