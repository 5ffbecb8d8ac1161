package docs

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// guideFacts reads a little guide: its id, language and body.
func guideFacts(t testing.TB, id, language, body string) *Facts {
	t.Helper()
	d, err := ParseDocument([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return FactsOf(&Variant{Entry: &Entry{ID: id}, Language: language, Version: "1.0.0"}, d)
}

func python(install, code string) string {
	return "# Guide\n\n```bash\npip install " + install + "\n```\n\n```python\n" + code + "\n```\n"
}

func script(install, code string) string {
	return "# Guide\n\n```bash\nnpm install " + install + "\n```\n\n```javascript\n" + code + "\n```\n"
}

// A hub in small, with what makes the real one hard.
func smallHub(t testing.TB) *Modules {
	t.Helper()
	return ModulesOf(Claims([]*Facts{
		guideFacts(t, "stripe/package", "python", python("stripe", "import stripe")),
		guideFacts(t, "scikit-learn/package", "python", python("scikit-learn", "from sklearn.svm import SVC\nimport numpy")),
		guideFacts(t, "pydub/package", "python", python("pydub", "from pydub import AudioSegment")),
		guideFacts(t, "discord/bot", "python", python("discord.py==1.0.0", "import discord\nfrom discord.ext import commands")),
		// Packages of one namespace, each known by what is below it.
		guideFacts(t, "google/storage", "python", python("google-cloud-storage", "from google.cloud import storage")),
		guideFacts(t, "google/pubsub", "python", python("google-cloud-pubsub", "from google.cloud import pubsub_v1")),
		guideFacts(t, "google/bigquery", "python", python("google-cloud-bigquery", "from google.cloud import bigquery")),
		guideFacts(t, "google/core", "python", python("google-cloud-core", "from google.cloud import storage")),
		// A guide that uses another's package, and one that warns of one.
		guideFacts(t, "rabbitmq/message-queue", "python", python("pika", "import pika\n")+"\n```python\nimport pika\n```\n"),
		guideFacts(t, "pika/package", "python", python("pika", "import pika")),
		guideFacts(t, "slack/workspace", "python", "# Slack\n\nDo NOT use:\n\n```bash\npip install slackclient\n```\n\n"+python("slack_sdk", "from slack_sdk import WebClient")),
		guideFacts(t, "acme/jobs", "python", python("acme-jobs", "from acme_jobs import Queue\nimport stripe\nfrom app.models import Job")),
		// npm.
		guideFacts(t, "stripe/payments", "javascript", script("stripe @stripe/stripe-js", "import Stripe from 'stripe';\nimport { loadStripe } from '@stripe/stripe-js';")),
		guideFacts(t, "aws/s3", "javascript", script("@aws-sdk/client-s3 @aws-sdk/credential-providers", "import { S3Client } from '@aws-sdk/client-s3';")),
		guideFacts(t, "aws/sqs", "javascript", script("@aws-sdk/client-sqs", "import { SQSClient } from '@aws-sdk/client-sqs';")),
		guideFacts(t, "aws/sns", "javascript", script("@aws-sdk/client-sns", "import { SNSClient } from '@aws-sdk/client-sns';")),
		guideFacts(t, "react/react", "javascript", script("react", "import React from 'react';")),
	}))
}

func TestClaims(t *testing.T) {
	modules := smallHub(t)
	for _, c := range []struct{ ecosystem, module, want string }{
		{"python", "stripe", "stripe/package"},
		{"python", "stripe.error", "stripe/package"},
		{"python", "sklearn.metrics", "scikit-learn/package"},
		{"python", "numpy", ""},
		{"python", "discord.ext.commands", "discord/bot"},
		{"python", "google.cloud.storage", "google/storage"},
		{"python", "google.cloud.pubsub_v1", "google/pubsub"},
		{"python", "google.cloud.pubsub", "google/pubsub"}, // whatever the version
		{"python", "google.cloud", ""},                     // a namespace
		{"python", "google", ""},
		{"python", "pika", "pika/package rabbitmq/message-queue"}, // the author before the user
		{"python", "slack_sdk.errors", "slack/workspace"},
		{"python", "slackclient", ""},
		{"python", "acme_jobs", "acme/jobs"},
		{"python", "app.models", ""},
		{"python", "os", ""},
		{"python", ".stripe", ""},
		{"javascript", "stripe", "stripe/payments"},
		{"javascript", "@stripe/stripe-js/pure", "stripe/payments"},
		{"javascript", "npm:stripe@18.0.0", "stripe/payments"},
		{"javascript", "https://esm.sh/stripe@18/lib", "stripe/payments"},
		{"javascript", "@types/react", "react/react"},
		{"javascript", "@types/node", ""},
		{"javascript", "react/jsx-runtime", "react/react"},
		{"javascript", "@aws-sdk/client-sqs", "aws/sqs"},
		{"javascript", "@aws-sdk/credential-providers", ""}, // one scope, many guides
		{"javascript", "@aws-sdk/client-ses", ""},
		{"javascript", "node:fs", ""},
		{"javascript", "@/lib/stripe", ""},
		{"javascript", "bun:test", ""},
	} {
		ids, _ := modules.Owners(c.ecosystem, c.module)
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.ecosystem, c.module, got, c.want)
		}
	}
}

func TestModulesSurviveTheirFile(t *testing.T) {
	facts := []*Facts{
		guideFacts(t, "stripe/package", "python", python("stripe", "import stripe")),
		guideFacts(t, "some/tool", "python", "# A tool\n\n```bash\nsome run\n```\n"),
	}
	table := Format(Claims(facts), facts)
	m, err := ParseModules(table)
	if err != nil {
		t.Fatal(err)
	}
	if ids, _ := m.Owners("python", "stripe"); !slices.Equal(ids, []string{"stripe/package"}) {
		t.Errorf("stripe: %v in\n%s", ids, table)
	}
	want := map[string]bool{"python\tstripe/package": true, "python\tsome/tool": true}
	if diff := cmp.Diff(want, m.entries()); diff != "" {
		t.Errorf("entries that were read: -want +got\n%s", diff)
	}
	if ids, _ := m.Owners("python", "-"); ids != nil {
		t.Errorf("the mark for no module is no module: %v", ids)
	}
}

func TestParseModulesSaysWhereItIsWrong(t *testing.T) {
	_, err := ParseModules([]byte("# fine\npython\tstripe\tstripe/package\npython stripe\n"))
	if err == nil || !strings.Contains(err.Error(), "modules.tsv:3") {
		t.Errorf("got %v", err)
	}
}

func FuzzParseModules(f *testing.F) {
	f.Add([]byte("python\tstripe\tstripe/package\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := ParseModules(data); err == nil {
			m.Owners("python", string(data))
			m.Owners("javascript", string(data))
		}
	})
}
