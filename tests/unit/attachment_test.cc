// SPDX-License-Identifier: GPL-3.0-or-later
// Files on insights: typed by what is in them, without what a camera told, kept once, gone with the person.
#include <algorithm>
#include <exiv2/exiv2.hpp>

#include "indexer/ledger/attachments.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/personal_data.h"
#include "indexer/ledger/unsent.h"
#include "indexer/reading/attached_file.h"
#include "server/desk/attachment_desk.h"
#include "server/desk/privacy_desk.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

std::string photo(const std::string& ending) {
  return read_file(std::filesystem::path(TIDINGS_SOURCE_DIR) / "tests/support/files" / ("photo." + ending));
}

auto opened(const std::string& bytes) {
  auto image =
      Exiv2::ImageFactory::open(reinterpret_cast<const Exiv2::byte*>(bytes.data()), static_cast<long>(bytes.size()));
  image->readMetadata();
  return image;
}

// As a telephone writes it: where, when, with what, by whom, and on its side.
std::string taken_outside(const std::string& bytes) {
  const auto image = opened(bytes);
  Exiv2::ExifData& exif = image->exifData();
  exif["Exif.GPSInfo.GPSLatitude"] = "52/1 31/1 12/1";
  exif["Exif.GPSInfo.GPSLatitudeRef"] = "N";
  exif["Exif.Image.Make"] = "Telltale Phones";
  exif["Exif.Photo.DateTimeOriginal"] = "2026:11:23 10:00:00";
  exif["Exif.Image.Artist"] = "Irina Petrova";
  exif["Exif.Image.Orientation"] = std::uint16_t{6};
  image->xmpData()["Xmp.dc.creator"] = "Irina Petrova";
  image->writeMetadata();
  Exiv2::BasicIo& io = image->io();
  REQUIRE(io.open() == 0);
  const Exiv2::DataBuf read = io.read(static_cast<long>(io.size()));
  return {reinterpret_cast<const char*>(read.pData_), static_cast<std::size_t>(read.size_)};
}

struct TwoReps : House {
  TwoReps() {
    ledger.write([&](Session& session) {
      for (const Actor& actor : {reps.first, reps.second})
        People(session).create({.name = actor.name, .role = actor.role}, "", kAdmin);
    });
  }
  const std::pair<Actor, Actor> reps{{"anna", Role::rep}, {"boris", Role::rep}};
};

bool tells(const std::string& bytes) {
  for (const char* word : {"Telltale", "Petrova", "2026:11:23"})
    if (bytes.find(word) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("a photo keeps its picture, its colours and which side is up, and nothing else") {
  for (const auto& [ending, type] :
       {std::pair("jpg", "image/jpeg"), std::pair("png", "image/png"), std::pair("webp", "image/webp")}) {
    CAPTURE(ending);
    const std::string taken = taken_outside(photo(ending));
    REQUIRE(tells(taken));
    const AttachedFile file = read_attached_file(taken);
    CHECK(file.type == type);
    CHECK_FALSE(tells(file.bytes));
    const auto image = opened(file.bytes);
    CHECK(image->exifData().count() == 1);
    CHECK(image->exifData()["Exif.Image.Orientation"].toLong() == 6);
    CHECK(image->xmpData().empty());
    CHECK(image->pixelWidth() == 8);
    CHECK(image->iccProfileDefined() == opened(photo(ending))->iccProfileDefined());
    CHECK(read_attached_file(file.bytes).bytes == file.bytes);  // there is nothing left to take
  }
}

TEST_CASE("what follows a JPEG's end, or hides in its comments, is left out") {
  const std::string plain = read_attached_file(photo("jpg")).bytes;
  CHECK(read_attached_file(plain + taken_outside(photo("jpg"))).bytes == plain);  // a preview, as makers append them
  std::string commented = photo("jpg");
  const std::string secret = "Petrova's desk";
  commented.insert(2, std::string("\xFF\xFE\x00", 3) + static_cast<char>(secret.size() + 2) + secret);
  commented.insert(2, std::string("\xFF\xE5\x00", 3) + static_cast<char>(secret.size() + 2) + secret);
  CHECK(read_attached_file(commented).bytes == plain);
}

TEST_CASE("types are told by what is in a file, and only some are taken") {
  CHECK(read_attached_file("Pressure falls at night.\n").type == "text/plain");
  CHECK(read_attached_file("%PDF-1.4\n1 0 obj\n<<>>\nendobj\n").type == "application/pdf");
  CHECK_REFUSED(read_attached_file(""), Code::invalid);
  CHECK_REFUSED(read_attached_file("<html><script>alert(1)</script></html>"), Code::unsupported);
  CHECK_REFUSED(read_attached_file("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), Code::unsupported);
  CHECK_REFUSED(read_attached_file("\x7F"
                                   "ELF\x02\x01\x01" +
                                   std::string(64, '\0')),
                Code::unsupported);
  CHECK_REFUSED(read_attached_file("#!/bin/sh\nrm -r x\n"), Code::unsupported);
  for (const char* ending : {"jpg", "png", "webp"})
    for (std::size_t size = 1; size < photo(ending).size(); ++size) {  // refused or read, never anything else
      try {
        read_attached_file(photo(ending).substr(0, size));
      } catch (const Refusal& refusal) {
        CHECK(refusal.code() == Code::unsupported);
      }
    }
}

TEST_CASE("a name to save under holds no folder and no control character") {
  CHECK(safe_file_name("pump.jpg") == "pump.jpg");
  CHECK(safe_file_name("C:\\photos\\pump.jpg") == "pump.jpg");
  CHECK(safe_file_name("../../etc/passwd") == "passwd");
  CHECK(safe_file_name("a\r\nSet-Cookie: b") == "aSet-Cookie: b");
  CHECK(safe_file_name("насос.png") == "насос.png");
  for (const char* nothing : {"", "..", "/", " \t", "a/.."}) CHECK(safe_file_name(nothing) == "file");
  CHECK(safe_file_name(std::string(500, 'a')).size() == 120);
}

TEST_CASE("an insight's files: kept once, taken away by who may, gone with the insight's words and with the person") {
  TwoReps house;
  const Actor &anna = house.reps.first, &boris = house.reps.second;
  const InsightId id = house.keep({{"client", "Acme"},
                                   {"kind", "problem"},
                                   {"body", "The pump leaks, says Irina Petrova."},
                                   {"author", "anna"},
                                   {"contacts", {"Irina Petrova"}}});
  const auto add = [&](const Actor& actor, const std::string& bytes) {
    return house.ledger.write([&](Session& session) {
      return AttachmentDesk(session, actor).add(id, "card of Irina Petrova.txt", "text/plain", bytes);
    });
  };
  const auto remove = [&](const Actor& actor, AttachmentId attachment) {
    house.ledger.write([&](Session& session) { AttachmentDesk(session, actor).remove(attachment); });
  };
  const auto of = [&] { return house.ledger.read([&](Session& session) { return Attachments(session).of(id); }); };
  std::string odd("Irina's card\0\xFF\n", 15);
  const Attachment first = add(anna, odd);
  CHECK(add(boris, odd).id == first.id);
  CHECK(house.ledger.read([&](Session& session) { return Attachments(session).bytes(first.id); }) == odd);
  const Attachment second = add(boris, "another");
  CHECK(of().size() == 2);
  CHECK_REFUSED(remove({"carol", Role::technician}, second.id), Code::forbidden);
  remove(anna, second.id);  // she wrote the insight
  CHECK_REFUSED(remove(anna, second.id), Code::not_found);
  for (std::size_t i = 1; i < Attachments::kMostOfInsight; ++i) add(anna, std::to_string(i));
  CHECK_REFUSED(add(anna, "one more"), Code::too_large);
  CHECK(add(boris, odd).id == first.id);  // sent again by one who heard no answer

  const ContactId irina =
      house.ledger.read([&](Session& session) { return Insights(session).find(id).contacts.at(0).id; });
  const auto held = house.ledger.read(
      [&](Session& session) { return PersonalData(session).held(PersonalData(session).person(irina)); });
  CHECK(held["attachments"].size() == Attachments::kMostOfInsight);
  const auto removals = [&] {
    return house.ledger.read([&](Session& session) {
      const auto events = Feed(session).of(subject("insight", id));
      return std::count_if(events.begin(), events.end(),
                           [](const Event& event) { return event.kind == "attachment.removed"; });
    });
  };
  const auto before = removals();
  erase_person(house.ledger, irina, kLead);
  CHECK(of().empty());
  CHECK(removals() - before == Attachments::kMostOfInsight);
  add(anna, "something new");
  house.ledger.write([&](Session& session) { PersonalData(session).remove_words(id, kLead); });
  CHECK(of().empty());
}

TEST_CASE("files of an insight out of reach are not there") {
  TwoReps house;
  const Actor &anna = house.reps.first, &boris = house.reps.second;
  const InsightId id =
      house.keep({{"client", "Acme"}, {"kind", "problem"}, {"body", "x"}, {"author", "anna"}, {"confidential", true}});
  const auto add = [&](const Actor& actor) {
    return house.ledger.write([&](Session& session) {
      return AttachmentDesk(session, actor).add(id, "a.txt", "text/plain", "in confidence");
    });
  };
  const Attachment attachment = add(anna);
  CHECK_REFUSED(add(boris), Code::not_found);
  const auto bytes_for = [&](const Actor& actor) {
    return house.ledger.read_as(actor, [&](Session& session) { return Attachments(session).bytes(attachment.id); });
  };
  CHECK(bytes_for(anna) == "in confidence");
  CHECK_REFUSED(bytes_for(boris), Code::not_found);
}

TEST_CASE("what is not sent yet is kept for its writer alone, bounded, and goes with time") {
  House house;
  const auto find = [&](const std::string& user, const std::string& name) {
    return house.ledger.read([&](Session& session) { return Unsent(session).find(user, name); });
  };
  const auto keep = [&](const std::string& user, const std::string& name, const std::string& text) {
    house.ledger.write([&](Session& session) { Unsent(session).keep(user, name, text); });
  };
  keep("hans", "answer-1", "Begin with the");
  keep("hans", "answer-1", "Begin with the seal");
  CHECK(find("hans", "answer-1")->text == "Begin with the seal");
  CHECK_FALSE(find("anna", "answer-1"));
  keep("hans", "answer-1", "");
  CHECK_FALSE(find("hans", "answer-1"));
  for (int i = 0; i <= Unsent::kMostOfOne; ++i) keep("hans", std::to_string(i), "x");
  CHECK_FALSE(find("hans", "0"));
  CHECK(find("hans", "1"));
  house.clock.advance(Unsent::kKept + std::chrono::hours(1));
  keep("anna", "other", "y");
  CHECK_FALSE(find("hans", "50"));
}

}  // namespace tidings
